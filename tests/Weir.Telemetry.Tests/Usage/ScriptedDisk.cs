namespace Weir.Telemetry.Tests;

/// <summary>A disk that keeps what it is given, waits when told to, and fails when told to.</summary>
sealed class ScriptedDisk
{
    readonly Lock _lock = new();

    public List<ScriptedSegment> Segments { get; } = [];

    /// <summary>Thrown by the next appends; null for none.</summary>
    public Exception? AppendFails { get; set; }

    public Exception? SyncFails { get; set; }

    public Exception? CreateFails { get; set; }

    /// <summary>Syncs wait for it.</summary>
    public ManualResetEventSlim SyncGate { get; } = new(initialState: true);

    /// <summary>Set when a sync has begun.</summary>
    public SemaphoreSlim SyncBegan { get; } = new(0);

    public ISegmentFile Create(string path)
    {
        if (CreateFails is { } fault) throw fault;
        var segment = new ScriptedSegment(this, Path.GetFileName(path));
        lock (_lock) Segments.Add(segment);
        return segment;
    }

    /// <summary>Ids of the records that the disk has for good.</summary>
    public IEnumerable<string> SyncedIds()
    {
        lock (_lock)
        {
            return [.. Segments.SelectMany(static segment => segment.SyncedLines()).Select(static line => UsageFrame.Read(line)!.RequestId)];
        }
    }
}

/// <summary>A segment of it.</summary>
sealed class ScriptedSegment(ScriptedDisk disk, string name) : ISegmentFile
{
    readonly MemoryStream _bytes = new();
    long _synced;

    public string Name => name;

    public int Appends { get; private set; }

    public int Syncs { get; private set; }

    public bool IsClosed { get; private set; }

    public long Length => _bytes.Length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (disk.AppendFails is { } fault) throw fault;
        Appends++;
        lock (_bytes) _bytes.Write(bytes);
    }

    public void Sync()
    {
        disk.SyncBegan.Release();
        disk.SyncGate.Wait();
        if (disk.SyncFails is { } fault) throw fault;
        Syncs++;
        lock (_bytes) _synced = _bytes.Length;
    }

    public void CutTo(long length)
    {
        lock (_bytes) _bytes.SetLength(length);
    }

    public void Dispose() => IsClosed = true;

    public IEnumerable<byte[]> SyncedLines()
    {
        byte[] bytes;
        lock (_bytes) bytes = _bytes.ToArray()[..(int)_synced];
        for (var start = 0; start < bytes.Length;)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            yield return bytes[start..end];
            start = end + 1;
        }
    }
}
