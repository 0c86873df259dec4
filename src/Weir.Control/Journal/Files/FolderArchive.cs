using System.Security.Cryptography;
using Weir.Telemetry;

namespace Weir.Control;

/// <summary>
/// Moves old segments elsewhere. Only by an explicit order: a journal keeps its history. What is moved is also in a snapshot here, so that the state is still
/// built; the chain of what stays begins with the hash in its first segment's head.
/// </summary>
static class FolderArchive
{
    /// <summary>Moves whole segments that end before a revision. Returns their names.</summary>
    /// <param name="settings">The journal; it must not be in use.</param>
    /// <param name="before">The first revision that has to stay.</param>
    /// <param name="into">The folder to move to; made when it is missing.</param>
    /// <param name="snapshots">Opens the snapshot that has to have what is moved.</param>
    /// <exception cref="JournalUnusableException">The journal is in use.</exception>
    public static IReadOnlyList<string> Move(FileJournalSettings settings, long before, string into, SnapshotFolder snapshots)
    {
        using var folderLock = FolderLock.Take(settings.Folder);
        var segments = JournalFolder.Segments(settings.Folder);
        if (segments.Count < 2) return [];
        var reader = new FolderReader(settings.Folder, settings.Keys);
        foreach (var _ in reader.Read(segments[^1].First - 1)) { }
        var snapshot = snapshots.OpenNewest(reader.Head);
        snapshot?.Content.Dispose();
        var covered = snapshot?.Revision ?? 0;
        JournalFolder.Create(into);
        List<string> moved = [];
        for (var i = 0; i + 1 < segments.Count; i++)
        {
            var last = segments[i + 1].First - 1;
            if (last >= before || last > covered) break;
            Copy(segments[i].Path, Path.Combine(into, Path.GetFileName(segments[i].Path)));
            FolderSync.Run(into);
            File.Delete(segments[i].Path);
            moved.Add(Path.GetFileName(segments[i].Path));
        }
        FolderSync.Run(settings.Folder);
        return moved;
    }

    static void Copy(string from, string to)
    {
        var unfinished = to + ".tmp";
        File.Copy(from, unfinished, overwrite: true);
        using (var copy = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
        {
            copy.Flush(flushToDisk: true);
            using var original = File.OpenRead(from);
            if (!SHA256.HashData(copy).AsSpan().SequenceEqual(SHA256.HashData(original))) throw new IOException($"the copy of {from} in {to} is another one");
        }
        File.Move(unfinished, to, overwrite: true);
    }
}
