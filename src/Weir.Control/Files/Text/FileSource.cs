using Weir.Config;

namespace Weir.Control;

/// <summary>A file that a tool works on: its name as messages show it, and its text.</summary>
/// <param name="Name">The path, or <c>-</c> for what came over standard input.</param>
/// <param name="Text">What it holds.</param>
sealed record FileSource(string Name, string Text)
{
    /// <summary>What the file holds, a map, with its <c>${{ env … }}</c> as they were written; null after its problems were reported.</summary>
    public MapNode? ReadMap(Report report)
    {
        var root = ReadNode(report);
        if (root is MapNode map) return map;
        if (root is not null) report.Error(root.Place, $"a map is expected, found {root.Describe()}");
        return null;
    }

    /// <summary>What the file holds; null after its problems were reported. An empty file is a null.</summary>
    public Node? ReadNode(Report report)
    {
        var shield = new TemplateShield();
        var text = shield.Hide(Text.TrimStart('\uFEFF'));
        var limits = new ReadLimits();
        var errors = report.Errors;
        var root = LooksLikeJson(text) && TryJson(text, limits) is { } json ? json : Parse(text, limits, report);
        if (report.Errors > errors) return null;
        return root is null ? new ScalarNode(new Place(Name, 1, 1), ScalarKind.Null, "null") : shield.Restore(Tree.Unshared(root));
    }

    static bool LooksLikeJson(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..];

    // Flow maps of YAML begin as JSON does; whatever is not JSON is left to YAML, with its messages.
    Node? TryJson(string text, ReadLimits limits)
    {
        var report = new Report(1);
        var root = JsonText.Read(Name, text, limits, report);
        return report.Errors == 0 ? root : null;
    }

    Node? Parse(string text, ReadLimits limits, Report report) =>
        Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && LooksLikeJson(text)
            ? JsonText.Read(Name, text, limits, report)
            : YamlText.Read(Name, text, limits, report);
}
