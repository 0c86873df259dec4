using System.Globalization;

namespace Weir.Telemetry;

/// <summary>
/// The files of a ledger. A name says when its segment began and differs for every process, so that an old process that drains and the new one that takes
/// over never write to the same file, and nobody ever appends behind a torn end.
/// </summary>
static class UsageSegments
{
    const string Prefix = "usage-";
    const string Suffix = ".log";
    const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Name of a segment that begins now.</summary>
    /// <param name="now">When.</param>
    /// <param name="process">Tells processes on the same folder apart.</param>
    /// <param name="number">Tells the segments of a process apart.</param>
    public static string NameOf(DateTimeOffset now, string process, int number)
    {
        var began = now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{Prefix}{began}-{process}-{number:D6}{Suffix}");
    }

    /// <summary>The segments of a folder, the oldest first; none when the folder is missing.</summary>
    public static IReadOnlyList<FileInfo> List(string folder)
    {
        var directory = new DirectoryInfo(folder);
        if (!directory.Exists) return [];
        return [.. directory.EnumerateFiles(Prefix + "*" + Suffix).OrderBy(static file => file.Name, StringComparer.Ordinal)];
    }

    /// <summary>When a segment began; null for a name that is none.</summary>
    public static DateTimeOffset? BeganAt(string name)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var parts = name.Split('-');
        return parts.Length > 1 && DateTimeOffset.TryParseExact(parts[1], TimeFormat, CultureInfo.InvariantCulture, utc, out var began) ? began : null;
    }

    /// <summary>Deletes what is older or more than asked for; the segment in use stays. Returns how many were deleted.</summary>
    public static int Retire(UsageLedgerSettings settings, string? current, DateTimeOffset now)
    {
        var deleted = 0;
        var kept = 0L;
        foreach (var file in List(settings.Folder).Reverse())
        {
            var isOld = settings.RetainFor is { } time && now - file.LastWriteTimeUtc > time;
            var isMore = settings.RetainBytesMax is { } most && kept + file.Length > most;
            if (file.Name == current || (!isOld && !isMore))
            {
                kept += file.Length;
                continue;
            }
            file.Delete();
            deleted++;
        }
        return deleted;
    }
}
