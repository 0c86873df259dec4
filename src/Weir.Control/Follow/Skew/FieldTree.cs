using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>The names of a record's fields, and of the fields of the records in them; what is no record has none, and may hold anything.</summary>
sealed class FieldTree
{
    /// <summary>Deeper than any record that there is; what comes from elsewhere cannot be deeper.</summary>
    const int DepthMax = 32;

    static readonly FieldTree Anything = new([]);

    readonly SortedDictionary<string, FieldTree> _fields;

    FieldTree(SortedDictionary<string, FieldTree> fields) => _fields = fields;

    public bool IsLeaf => _fields.Count == 0;

    public FieldTree? Find(string name) => _fields.GetValueOrDefault(name);

    public static FieldTree Of(Shape shape)
    {
        if (shape.Kind is ShapeKind.List or ShapeKind.Map) return shape.Element is { } element ? Of(element) : Anything;
        if (shape.Kind != ShapeKind.Record || shape.IsReference) return Anything;
        var fields = new SortedDictionary<string, FieldTree>(StringComparer.Ordinal);
        foreach (var field in shape.Order) fields[field.Name] = Of(field.Shape);
        return new FieldTree(fields);
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (name, tree) in _fields) json[name] = tree.IsLeaf ? null : tree.ToJson();
        return json;
    }

    /// <exception cref="StreamBrokenException">It is none.</exception>
    public static FieldTree Read(JsonNode? json, int depth = 0)
    {
        if (json is null) return Anything;
        if (json is not JsonObject record || depth > DepthMax) throw new StreamBrokenException("a vocabulary is no tree of names");
        var fields = new SortedDictionary<string, FieldTree>(StringComparer.Ordinal);
        foreach (var (name, inner) in record) fields[name] = Read(inner, depth + 1);
        return new FieldTree(fields);
    }
}
