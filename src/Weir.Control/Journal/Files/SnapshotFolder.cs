using Microsoft.Extensions.Logging;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>Snapshots beside the segments. One is there whole or not at all: written under another name, synced, then renamed.</summary>
sealed partial class SnapshotFolder(FileJournalSettings settings, ILogger log) : IDisposable
{
    const string UnfinishedSuffix = ".tmp";
    const int BufferBytes = 128 * 1024;

    readonly SemaphoreSlim _oneAtATime = new(1, 1);

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>The newest snapshot up to a revision that is whole and of this journal.</summary>
    public JournalSnapshot? OpenNewest(JournalHead head, long until = long.MaxValue)
    {
        foreach (var (revision, path) in JournalFolder.Snapshots(settings.Folder).Reverse())
        {
            if (revision > until) continue;
            if (TryOpen(path, head, out var snapshot, out var problem)) return snapshot;
            LogPassedOver(log, Path.GetFileName(path), problem);
        }
        return null;
    }

    public async Task SaveAsync(JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            var path = JournalFolder.SnapshotPath(settings.Folder, head.Revision);
            var unfinished = path + UnfinishedSuffix;
            try
            {
                await WriteAsync(unfinished, head, write, cancellation);
                File.Move(unfinished, path, overwrite: true);
            }
            catch
            {
                File.Delete(unfinished);
                throw;
            }
            FolderSync.Run(settings.Folder);
            DropOld();
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Opens one snapshot, or says why it cannot be used.</summary>
    public bool TryOpen(string path, JournalHead head, out JournalSnapshot? snapshot, out string problem)
    {
        snapshot = null;
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
            problem = "its sum is wrong, or it is of another version";
            if (SnapshotHeader.ReadProved(file) is not { } header) return false;
            problem = $"it is of revision {header.Head.Revision}, and the journal ends with {head.Revision}";
            if (header.Head.Revision > head.Revision) return false;
            problem = "it is of another journal: the hash of its revision is another one";
            if (!IsOfJournal(header.Head)) return false;
            problem = "there is no keyring, and it is sealed";
            if (header.Key != Keyring.NoKey && settings.Keys is null) return false;
            Stream content = header.Key == Keyring.NoKey ? file : new OpeningStream(file, settings.Keys!, header.Key, header.Head.Revision);
            file = null;
            snapshot = new JournalSnapshot(header.Head.Revision, header.Head.Hash, content);
            return true;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problem = unreadable.Message;
            return false;
        }
        finally
        {
            file?.Dispose();
        }
    }

    // A folder that was put together from two copies has snapshots that belong to neither.
    bool IsOfJournal(JournalHead head)
    {
        if (head.Revision == 0) return head.Hash.Span.SequenceEqual(JournalHead.None.Hash.Span);
        var segments = JournalFolder.Segments(settings.Folder);
        // Archived: the segment that comes next says the hash.
        if (segments.Count > 0 && segments[0].First == head.Revision + 1)
        {
            using var next = SegmentReader.Open(segments[0].Path);
            return next.Header is { } header && header.Previous.Span.SequenceEqual(head.Hash.Span);
        }
        var reader = new FolderReader(settings.Folder, settings.Keys);
        foreach (var record in reader.Read(head.Revision - 1, head.Revision)) return record.Hash.Span.SequenceEqual(head.Hash.Span);
        return false;
    }

    async Task WriteAsync(string path, JournalHead head, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, BufferBytes);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, JournalFolder.FileMode);
        var header = new SnapshotHeader(settings.Keys?.Newest ?? Keyring.NoKey, head).Write();
        file.Write(header);
        if (settings.Keys is null) await write(file, cancellation);
        else
        {
            await using var sealing = new SealingStream(file, settings.Keys, head.Revision);
            await write(sealing, cancellation);
            sealing.Finish();
        }
        await file.FlushAsync(cancellation);
        var sum = SnapshotHeader.SumOf(header, file);
        file.Position = SnapshotHeader.SumAt;
        file.Write(sum);
        file.Flush(flushToDisk: true);
    }

    void DropOld()
    {
        foreach (var (_, path) in JournalFolder.Snapshots(settings.Folder).SkipLast(Math.Max(1, settings.SnapshotsKept)))
            try
            {
                File.Delete(path);
            }
            catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
            {
                LogKept(log, Path.GetFileName(path), kept.Message);
            }
        foreach (var path in Directory.EnumerateFiles(settings.Folder, "*" + UnfinishedSuffix)) File.Delete(path);
    }

    [LoggerMessage(30, LogLevel.Warning, "{Snapshot} is passed over: {Reason}")]
    static partial void LogPassedOver(ILogger log, string snapshot, string reason);

    [LoggerMessage(31, LogLevel.Warning, "The old {Snapshot} was not deleted: {Reason}")]
    static partial void LogKept(ILogger log, string snapshot, string reason);
}
