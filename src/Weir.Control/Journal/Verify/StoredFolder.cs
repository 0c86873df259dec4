using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Control;

/// <summary>A journal in a folder, read beside whoever writes it.</summary>
sealed class StoredFolder(string folder, Keyring? keys) : StoredJournal
{
    readonly FolderReader _reader = new(folder, keys);

    public override long Start => JournalFolder.Segments(folder) is [var first, ..] ? first.First - 1 : 0;

    public override IAsyncEnumerable<JournalRecord> ReadAsync(long after, CancellationToken cancellation) => _reader.Read(after).ToAsyncEnumerable();

    public override Task<IReadOnlyList<string>> RemarksAsync(JournalHead head, CancellationToken cancellation)
    {
        List<string> remarks = [];
        if (Start > 0) remarks.Add($"revisions up to {Start} are archived elsewhere");
        if (_reader.Torn is { } torn)
            remarks.Add($"{Path.GetFileName(torn.Path)}, offset {torn.Offset}: {torn.Bytes} bytes are being written, or were when the process stopped");
        using var snapshots = new SnapshotFolder(new FileJournalSettings { Folder = folder, Keys = keys }, NullLogger.Instance);
        foreach (var (revision, path) in JournalFolder.Snapshots(folder))
        {
            var isGood = snapshots.TryOpen(path, head, out var snapshot, out var problem);
            snapshot?.Content.Dispose();
            remarks.Add($"snapshot of revision {revision}: {(isGood ? "whole" : "passed over, " + problem)}");
        }
        return Task.FromResult<IReadOnlyList<string>>(remarks);
    }

    public override ValueTask DisposeAsync() => default;
}
