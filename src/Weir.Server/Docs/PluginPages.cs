using System.Globalization;
using System.Text;
using Weir.Config;

namespace Weir.Server;

/// <summary>Reference pages of plugins: what stands in the plugin's folder, and what its record and the catalog say.</summary>
static class PluginPages
{
    /// <summary>The page of one plugin.</summary>
    public static string Page(PluginKind kind, IReadOnlyList<PluginKind> catalog) => $"""
        # {kind.Name}

        {kind.Summary}

        {Prose(kind)}## Settings

        {ReferenceTable.Of(kind)}
        ## Place

        - May be attached to: {Scopes(kind.Scopes)}.
        - Order: {Order(kind, catalog)}. [All plugins in their order](README.md).

        """;

    /// <summary>The list of all plugins.</summary>
    public static string Index(IReadOnlyList<PluginKind> catalog)
    {
        var rows = new StringBuilder();
        foreach (var kind in catalog)
            rows.Append(CultureInfo.InvariantCulture, $"| [{kind.Name}]({kind.Name}.md) | {kind.Summary} | {Scopes(kind.Scopes)} |\n");
        return $"""
            # Plugins

            In the order in which a request meets them; the answer meets them in the same order. Where Kong has the plugin, name, fields, defaults,
            order and answers are Kong's.

            | Plugin | What it does | May be attached to |
            |---|---|---|
            {rows}
            A plugin can also come from a class library: [writing a plugin](../writing-a-plugin.md).

            """;
    }

    /// <summary>The hand-written part, which stands beside the class as a page of the same name; empty when there is none.</summary>
    static string Prose(PluginKind kind)
    {
        var assembly = kind.Type.Assembly;
        var name = assembly.GetManifestResourceNames().FirstOrDefault(resource => resource.EndsWith($"/{kind.Type.Name}.md", StringComparison.Ordinal));
        if (name is null) return "";
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        var text = reader.ReadToEnd().Trim();
        // The title and the sentence under it come from the class.
        if (text.StartsWith("# ", StringComparison.Ordinal)) text = text[text.IndexOf('\n', StringComparison.Ordinal)..].TrimStart();
        return text + "\n\n";
    }

    static string Scopes(PluginScopes scopes)
    {
        var names = new List<string> { "everything (global)" };
        if (scopes.HasFlag(PluginScopes.Service)) names.Add("service");
        if (scopes.HasFlag(PluginScopes.Route)) names.Add("route");
        if (scopes.HasFlag(PluginScopes.Consumer)) names.Add("consumer");
        if (scopes.HasFlag(PluginScopes.ConsumerGroup)) names.Add("consumer group");
        if (scopes.HasFlag(PluginScopes.Model)) names.Add("model");
        return string.Join(", ", names);
    }

    static string Order(PluginKind kind, IReadOnlyList<PluginKind> catalog)
    {
        var at = catalog.TakeWhile(other => other.Name != kind.Name).Count();
        var parts = new List<string>();
        if (at > 0) parts.Add($"after [{catalog[at - 1].Name}]({catalog[at - 1].Name}.md)");
        if (at + 1 < catalog.Count) parts.Add($"before [{catalog[at + 1].Name}]({catalog[at + 1].Name}.md)");
        return string.Join(", ", parts);
    }
}
