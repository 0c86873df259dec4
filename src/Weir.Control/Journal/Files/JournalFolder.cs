using System.Globalization;

namespace Weir.Control;

/// <summary>The files of a journal, by name.</summary>
static class JournalFolder
{
    public const string HeadName = "head";
    public const string LockName = "lock";

    /// <summary>Files hold secrets.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;
    const string SegmentPrefix = "journal-";
    const string SegmentSuffix = ".log";
    const string SnapshotPrefix = "snapshot-";
    const string SnapshotSuffix = ".bin";

    /// <summary>Makes the folder for nobody but its owner unless it is there.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, FolderMode);
    }

    /// <summary>Path of the segment whose first record has this revision.</summary>
    public static string SegmentPath(string folder, long first) => Path.Combine(folder, NameOf(SegmentPrefix, first, SegmentSuffix));

    public static string SnapshotPath(string folder, long revision) => Path.Combine(folder, NameOf(SnapshotPrefix, revision, SnapshotSuffix));

    /// <summary>The segments by first revision, in order; none when the folder is missing.</summary>
    public static IReadOnlyList<(long First, string Path)> Segments(string folder) => List(folder, SegmentPrefix, SegmentSuffix);

    /// <summary>The snapshots by revision, in order.</summary>
    public static IReadOnlyList<(long Revision, string Path)> Snapshots(string folder) => List(folder, SnapshotPrefix, SnapshotSuffix);

    // Nineteen digits hold every revision, so that names are in the order of revisions.
    static string NameOf(string prefix, long revision, string suffix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}{revision:D19}{suffix}");

    static List<(long, string)> List(string folder, string prefix, string suffix)
    {
        if (!Directory.Exists(folder)) return [];
        List<(long, string)> found = [];
        foreach (var path in Directory.EnumerateFiles(folder, prefix + "*" + suffix))
        {
            var digits = Path.GetFileName(path)[prefix.Length..^suffix.Length];
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)) found.Add((revision, path));
        }
        found.Sort(static (left, right) => left.Item1.CompareTo(right.Item1));
        return found;
    }
}
