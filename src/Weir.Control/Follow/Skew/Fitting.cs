using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>An entity as a gateway of another version can read it, or why it cannot.</summary>
/// <param name="Json">The entity; null when it cannot be told.</param>
/// <param name="Problem">Why not; empty when it can.</param>
readonly record struct Fitted(ReadOnlyMemory<byte>? Json, string Problem);

/// <summary>
/// Takes out of entities what a gateway does not know, where leaving it out changes nothing: fields at their defaults. Whatever means something is never left
/// out: a gateway that served the rest of it would serve something that nobody declared.
/// </summary>
sealed class Fitting(Vocabulary gateway, ReadOptions read)
{
    public Fitted Of(ControlKind kind, Guid id, ReadOnlyMemory<byte> json)
    {
        if (gateway.Kind(kind.Name) is not { } known) return new Fitted(null, $"{kind.Singular} {id}: this gateway's version knows no {kind.Name}");
        var entity = JsonNode.Parse(json.Span)!.AsObject();
        var isChanged = false;
        var problem = Trim(entity, Shape.Of(kind.Type), known, "", ref isChanged);
        if (problem is null && kind == ControlKinds.Plugins) problem = TrimSettings(entity, ref isChanged);
        if (problem is not null) return new Fitted(null, $"{kind.Singular} {entity["name"] ?? id.ToString()}: {problem}");
        return new Fitted(isChanged ? JsonSerializer.SerializeToUtf8Bytes(entity, Reply.Readable) : json, "");
    }

    string? TrimSettings(JsonObject plugin, ref bool isChanged)
    {
        var name = plugin["name"]?.GetValue<string>() ?? "";
        if (gateway.Plugin(name) is not { } known) return "this gateway's version does not have the plugin";
        if (plugin["config"] is not JsonObject settings || !read.Plugins.TryGetValue(name, out var own)) return null;
        return Trim(settings, Shape.Of(own.ConfigType), known, "config.", ref isChanged);
    }

    string? Trim(JsonNode? node, Shape shape, FieldTree known, string path, ref bool isChanged)
    {
        switch (node)
        {
            case JsonObject record when shape is { Kind: ShapeKind.Record, IsReference: false }:
                foreach (var field in shape.Order)
                    if (record.ContainsKey(field.Name) && Trim(record, field, known, path, ref isChanged) is { } problem)
                        return problem;
                return null;
            case JsonObject map when shape is { Kind: ShapeKind.Map, Element: { } element }:
                foreach (var (_, value) in map)
                    if (Trim(value, element, known, path, ref isChanged) is { } problem)
                        return problem;
                return null;
            case JsonArray list when shape is { Kind: ShapeKind.List, Element: { } element }:
                foreach (var value in list)
                    if (Trim(value, element, known, path, ref isChanged) is { } problem)
                        return problem;
                return null;
            default:
                return null;
        }
    }

    string? Trim(JsonObject record, FieldShape field, FieldTree known, string path, ref bool isChanged)
    {
        if (known.Find(field.Name) is { } inner)
            return inner.IsLeaf ? null : Trim(record[field.Name], field.Shape, inner, path + field.Name + ".", ref isChanged);
        // Where the gateway's version has free content, it has no fields to miss.
        if (known.IsLeaf) return null;
        if (!IsDefault(record[field.Name], field)) return $"this gateway's version does not know {path}{field.Name}, which is set";
        record.Remove(field.Name);
        isChanged = true;
        return null;
    }

    bool IsDefault(JsonNode? value, FieldShape field)
    {
        var standard = field.Default(read.Compat) is { } json ? JsonNode.Parse(json) : null;
        return JsonNode.DeepEquals(value, standard);
    }
}
