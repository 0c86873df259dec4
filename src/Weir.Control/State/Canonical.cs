using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// The one form in which an entity is stored, shown and compared: every field with its default, references by id, nothing filled in from vaults.
/// </summary>
static class Canonical
{
    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The form of an entity that was read.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="row">How it was read.</param>
    /// <param name="plugin">Its settings, when it is a plugin that was read whole.</param>
    /// <param name="given">The entity as its author said it.</param>
    public static byte[] Of(ControlKind kind, Row row, DeclaredPlugin? plugin, Stored given)
    {
        var entity = JsonSerializer.SerializeToNode(row.Entity, kind.Config!.Type)!.AsObject();
        foreach (var reference in kind.References)
            if (entity[reference.Field] is JsonObject target)
                entity[reference.Field] = new JsonObject { ["id"] = target["id"]?.GetValue<string>() };
        if (row.Entity is RouteConfig { StripPath: null } route) entity["strip_path"] = !route.Protocols.Any(IsGrpc);
        // Memberships stand by themselves.
        entity.Remove("groups");
        // Settings that partials complete are kept as they were given: the partial may change.
        if (row.Entity is PluginConfig { Partials.Count: > 0 })
            entity["config"] = JsonNode.Parse(given.Json.Span)!["config"]?.DeepClone();
        else if (plugin is { Kind: { } known, Config: { } config })
            entity["config"] = JsonSerializer.SerializeToNode(config, known.ConfigType);
        return JsonSerializer.SerializeToUtf8Bytes(entity, Readable);
    }

    /// <summary>Paths of gRPC name what is called, so that nothing can be taken off.</summary>
    static bool IsGrpc(RouteProtocol protocol) => protocol is RouteProtocol.Grpc or RouteProtocol.Grpcs;

    /// <summary>Whether two forms say the same, whenever each was written.</summary>
    public static bool SaysTheSame(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        var (one, other) = (JsonNode.Parse(left.Span)!.AsObject(), JsonNode.Parse(right.Span)!.AsObject());
        one.Remove("updated_at");
        other.Remove("updated_at");
        return JsonNode.DeepEquals(one, other);
    }

    /// <summary>Whether two forms say the same, whenever each was written and in whatever order the members of its sets stand.</summary>
    public static bool SaysTheSame(ControlKind kind, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, ReadOptions read)
    {
        if (SaysTheSame(left, right)) return true;
        if (kind.Config is null) return false;
        var (one, other) = (JsonNode.Parse(left.Span)!.AsObject(), JsonNode.Parse(right.Span)!.AsObject());
        one.Remove("updated_at");
        other.Remove("updated_at");
        Arrange(kind, one, read);
        Arrange(kind, other, read);
        return JsonNode.DeepEquals(one, other);
    }

    static void Arrange(ControlKind kind, JsonObject entity, ReadOptions read)
    {
        Arrange(entity, Shape.Of(kind.Config!.Type), isSet: false);
        if (kind == ControlKinds.Plugins && entity["name"] is JsonValue name && read.Plugins.TryGetValue(name.GetValue<string>(), out var plugin))
            Arrange(entity["config"], Shape.Of(plugin.ConfigType), isSet: false);
    }

    static void Arrange(JsonNode? node, Shape shape, bool isSet)
    {
        switch (node)
        {
            case JsonObject record when shape.Kind == ShapeKind.Record:
                foreach (var field in shape.Order) Arrange(record[field.Name], field.Shape, field.Rules.Set);
                break;
            case JsonObject map when shape.Kind == ShapeKind.Map:
                foreach (var (_, value) in map) Arrange(value, shape.Element!, isSet: false);
                break;
            case JsonArray list when shape.Kind == ShapeKind.List:
                foreach (var item in list) Arrange(item, shape.Element!, isSet: false);
                if (isSet) Sort(list);
                break;
        }
    }

    static void Sort(JsonArray list)
    {
        var sorted = list.OrderBy(static item => item?.ToJsonString(), StringComparer.Ordinal).ToList();
        list.Clear();
        foreach (var item in sorted) list.Add(item);
    }
}
