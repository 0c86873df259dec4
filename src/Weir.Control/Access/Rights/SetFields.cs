using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Which fields a change sets: those that have another value than before. Of a new entity, those that have another than their default.</summary>
static class SetFields
{
    static readonly string[] Given = ["id", "created_at", "updated_at"];

    public static IEnumerable<string> Of(Stored? before, Stored after, ReadOptions read)
    {
        var was = before is null ? null : JsonNode.Parse(before.Json.Span)!.AsObject();
        foreach (var field in FieldDiff.Of(was, JsonNode.Parse(after.Json.Span)!.AsObject()))
        {
            if (Given.Contains(field.Field) || (before is null && JsonNode.DeepEquals(field.After, Default(after, field.Field, read)))) continue;
            yield return field.Field;
        }
    }

    /// <summary>The value that a field of an entity has as long as nobody sets it.</summary>
    public static JsonNode? Default(Stored entity, string path, ReadOptions read)
    {
        // Whether a route strips its path depends on its protocols.
        if (entity.Kind == ControlKinds.Routes && path == "strip_path")
            return JsonNode.Parse(entity.Json.Span)!["protocols"] is not JsonArray protocols
                || !protocols.Any(static each => each?.ToString() is "grpc" or "grpcs");
        var (shape, steps) = (Shape.Of(entity.Kind.Type), path.Split('.'));
        if (entity.Kind == ControlKinds.Plugins && steps is ["config", ..] && read.Plugins.TryGetValue(entity.Text("name") ?? "", out var plugin))
            (shape, steps) = (Shape.Of(plugin.ConfigType), steps[1..]);
        FieldShape? field = null;
        foreach (var step in steps)
        {
            if (!shape.Fields.TryGetValue(step, out field)) return null;
            shape = field.Shape;
        }
        return field?.Default(read.Compat) is { } json ? JsonNode.Parse(json) : null;
    }
}
