using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>Schemas of an OpenAPI document as JSON texts that stand on their own: what they refer to is put into their definitions.</summary>
sealed class JsonSchemas(OpenApiDocument document)
{
    const string Definitions = "#/definitions/";

    /// <summary>The schema as JSON with sorted keys; null when there is none.</summary>
    public string? Text(Node? schema)
    {
        if (schema is not MapNode map) return null;
        var definitions = new SortedDictionary<string, Node>(StringComparer.Ordinal);
        var made = (MapNode)Moved(map, definitions);
        if (definitions.Count > 0) made = made.With("definitions", Tree.Map(definitions.Select(static pair => (pair.Key, (Node?)pair.Value))));
        return Encoding.UTF8.GetString(NodeJson.Bytes(FileWriter.Sorted(made)));
    }

    Node Moved(Node node, SortedDictionary<string, Node> definitions) => node switch
    {
        MapNode map when map.Find("$ref") is ScalarNode { Kind: ScalarKind.Text } reference => Reference(reference, definitions),
        MapNode map => new MapNode(map.Place, [.. map.Entries.Select(entry => entry with { Value = Moved(entry.Value, definitions) })]),
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(item => Moved(item, definitions))]),
        _ => node,
    };

    MapNode Reference(ScalarNode reference, SortedDictionary<string, Node> definitions)
    {
        var name = reference.Text[(reference.Text.LastIndexOf('/') + 1)..];
        if (!definitions.ContainsKey(name))
        {
            // Before what it refers to: a schema may refer to itself.
            definitions[name] = Tree.Map();
            if (document.Target(reference) is { } target) definitions[name] = Moved(target, definitions);
        }
        return Tree.Map(("$ref", Tree.Text(Definitions + name)));
    }
}
