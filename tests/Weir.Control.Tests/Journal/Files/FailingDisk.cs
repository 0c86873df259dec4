using Weir.Telemetry;

namespace Weir.Control.Tests;

/// <summary>Segments on disk that fail, or wait, when told to.</summary>
sealed class FailingDisk
{
    public IOException? AppendFails { get; set; }

    public IOException? SyncFails { get; set; }

    public IOException? CutFails { get; set; }

    public int Syncs { get; private set; }

    public int Appends { get; private set; }

    /// <summary>Syncs wait for it.</summary>
    public ManualResetEventSlim SyncGate { get; } = new(initialState: true);

    /// <summary>Released when a sync has begun.</summary>
    public SemaphoreSlim SyncBegan { get; } = new(0);

    public ISegmentFile Open(string path, FileMode mode) =>
        new Segment(this, mode == FileMode.CreateNew ? SegmentFile.Create(path, JournalFolder.FileMode) : SegmentFile.Continue(path));

    sealed class Segment(FailingDisk disk, SegmentFile file) : ISegmentFile
    {
        public long Length => file.Length;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (disk.AppendFails is { } fault)
            {
                // As much as there was room for, and no way to take it back.
                file.Append(bytes[..(bytes.Length / 2)]);
                throw fault;
            }
            disk.Appends++;
            file.Append(bytes);
        }

        public void Sync()
        {
            disk.SyncBegan.Release();
            disk.SyncGate.Wait();
            if (disk.SyncFails is { } fault) throw fault;
            disk.Syncs++;
            file.Sync();
        }

        public void CutTo(long length)
        {
            if (disk.CutFails is { } fault) throw fault;
            file.CutTo(length);
        }

        public void Dispose() => file.Dispose();
    }
}
