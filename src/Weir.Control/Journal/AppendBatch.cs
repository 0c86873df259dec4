namespace Weir.Control;

/// <summary>Records that become durable together. All who wait for one of them wait for the batch.</summary>
sealed class AppendBatch
{
    readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<JournalRecord> _records = [];

    public IReadOnlyList<JournalRecord> Records => _records;

    /// <summary>Of payload.</summary>
    public long Bytes { get; private set; }

    public JournalHead Last => new(_records[^1].Revision, _records[^1].Hash);

    /// <summary>Completes when the records are durable, with false when another node was faster, or fails.</summary>
    public Task<bool> Done => _done.Task;

    public void Add(JournalRecord record)
    {
        _records.Add(record);
        Bytes += record.Payload.Length;
    }

    public void Complete(bool isThere) => _done.SetResult(isThere);

    public void Fail(IOException reason) => _done.SetException(reason);
}
