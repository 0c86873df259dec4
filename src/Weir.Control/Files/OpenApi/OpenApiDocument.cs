using Weir.Config;

namespace Weir.Control;

/// <summary>An OpenAPI document: its parts, with references followed.</summary>
sealed class OpenApiDocument(MapNode root, Report report)
{
    const string KongReferences = "#/components/x-kong/";

    /// <summary>References one after the other.</summary>
    const int HopsMax = 32;

    public static readonly IReadOnlyList<string> Methods = ["delete", "get", "head", "options", "patch", "post", "put", "query", "trace"];

    public MapNode Root { get; } = root;

    public Report Report { get; } = report;

    /// <summary>What a reference points at, or the node itself; null after a problem was reported.</summary>
    public MapNode? Follow(Node? node)
    {
        for (var hops = 0; node is MapNode map; hops++)
        {
            if (map.Find("$ref") is not { } reference) return map;
            if (hops == HopsMax)
            {
                Report.Error(reference.Place, "", "$ref", "the reference leads in a circle");
                return null;
            }
            node = Target(reference);
            if (node is null) return null;
        }
        return null;
    }

    /// <summary>What stands at a JSON pointer of the document; null after a problem was reported.</summary>
    public Node? Target(Node reference)
    {
        if (reference is not ScalarNode { Kind: ScalarKind.Text, Text: ['#', '/', ..] pointer })
        {
            Report.Error(reference.Place, "", "$ref", "a reference into this document ('#/…') is expected; references to other files are not followed");
            return null;
        }
        Node? at = Root;
        foreach (var segment in pointer[2..].Split('/'))
        {
            var key = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = (at as MapNode)?.Find(key);
        }
        if (at is null) Report.Error(reference.Place, "", "$ref", $"'{pointer}' is not in the document");
        return at;
    }

    /// <summary>An <c>x-kong-…</c> map; null when there is none, or after a problem was reported.</summary>
    public MapNode? Kong(MapNode owner, string key)
    {
        if (owner.Find(key) is not { } node) return null;
        if (node is not MapNode map)
        {
            Report.Error(node.Place, "", key, $"a map is expected, found {node.Describe()}");
            return null;
        }
        if (map.Find("$ref") is { } reference && !(reference.Scalar() ?? "").StartsWith(KongReferences, StringComparison.Ordinal))
        {
            Report.Error(reference.Place, "", key, $"references of Kong's extensions must be at '{KongReferences}…'");
            return null;
        }
        return Follow(map);
    }

    /// <summary>The value of <c>x-kong-name</c>.</summary>
    public string? KongName(MapNode owner)
    {
        if (owner.Find("x-kong-name") is not { } name) return null;
        if (name is ScalarNode { Kind: ScalarKind.Text, Text: var text }) return text;
        Report.Error(name.Place, "", "x-kong-name", $"a text is expected, found {name.Describe()}");
        return null;
    }

    /// <summary>The value of <c>x-kong-tags</c>.</summary>
    public IReadOnlyList<string>? KongTags(MapNode owner) => new MapReader(owner, Report).Texts("x-kong-tags");

    /// <summary>The maps of a list, references followed.</summary>
    public IReadOnlyList<MapNode> List(MapNode owner, string key) =>
        [.. new MapReader(owner, Report).Maps(key).Select(Follow).OfType<MapNode>()];

    /// <summary>Parameters of a path and of its operation; those of the operation take the place of those of the path.</summary>
    public IReadOnlyList<MapNode> Parameters(MapNode path, MapNode operation)
    {
        var own = List(operation, "parameters");
        return [.. List(path, "parameters").Where(above => !own.Any(parameter => IsSame(parameter, above))), .. own];
    }

    static bool IsSame(MapNode a, MapNode b) => a.FindText("name") == b.FindText("name") && a.FindText("in") == b.FindText("in");
}
