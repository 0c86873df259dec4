using Weir.Config;

namespace Weir.Control;

/// <summary>
/// <c>weir file merge</c>: lists of the top level are put one behind the other, of everything else the last file has its way. Files need not be complete;
/// nothing is looked into below the top level.
/// </summary>
static class FileMerger
{
    const string Transform = "_transform";

    public static MapNode? Merge(IReadOnlyList<FileSource> files, Func<string, string?> environment, Report report)
    {
        MapNode? merged = null;
        (FormatVersion Version, string File)? first = null;
        FormatVersion? highest = null;
        foreach (var file in files)
        {
            if (file.ReadMap(report) is not { } root) continue;
            if (FormatVersion.Read(root, environment, report) is { } version)
            {
                first ??= (version, file.Name);
                if (version.Major != first.Value.Version.Major)
                    report.Error(root.Find(FormatVersion.Key)!.Place, "", FormatVersion.Key,
                        $"major versions are incompatible: {first.Value.Version} of {first.Value.File} and {version}");
                highest = highest is { } known && known.Minor >= version.Minor ? known : version;
            }
            if (merged is not null) CheckAgreement(merged, root, report);
            merged = merged is null ? root : Merge(merged, root);
        }
        if (merged is null || report.Errors > 0) return null;
        return highest is { } found ? merged.With(FormatVersion.Key, Tree.Text(found.ToString())) : merged;
    }

    static void CheckAgreement(MapNode merged, MapNode next, Report report)
    {
        if (IsOff(merged) != IsOff(next))
            report.Error((next.Find(Transform) ?? next).Place, "", Transform,
                "files with '_transform: true' (the default) and '_transform: false' are not compatible");
        foreach (var key in (ReadOnlySpan<string>)["_workspace", "_konnect"])
            if (merged.Find(key) is { } own && next.Find(key) is { } other && !Tree.SameData(own, other))
                report.Warning(other.Place, "", key, $"differs from {own.Place}; the last one counts");
    }

    static bool IsOff(MapNode root) => root.Find(Transform) is ScalarNode { Kind: ScalarKind.Boolean, Text: "false" };

    static MapNode Merge(MapNode below, MapNode above)
    {
        var merged = below;
        foreach (var entry in above.Entries)
        {
            var both = (merged.Find(entry.Key), entry.Value);
            merged = merged.With(entry.Key, both is (ListNode a, ListNode b) ? new ListNode(a.Place, [.. a.Items, .. b.Items]) : entry.Value);
        }
        return merged;
    }
}
