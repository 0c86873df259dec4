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
    public static byte[] Of(ControlKind kind, Row row, DeclaredPlugin? plugin)
    {
        var entity = JsonSerializer.SerializeToNode(row.Entity, kind.Config!.Type)!.AsObject();
        foreach (var reference in kind.References)
            if (entity[reference.Field] is JsonObject target)
                entity[reference.Field] = new JsonObject { ["id"] = target["id"]?.GetValue<string>() };
        // Memberships stand by themselves.
        entity.Remove("groups");
        // Settings that partials complete are kept as they were given: the partial may change.
        if (plugin is { Kind: { } known, Config: { } config, Entity.Partials: null or { Count: 0 } })
            entity["config"] = JsonSerializer.SerializeToNode(config, known.ConfigType);
        return JsonSerializer.SerializeToUtf8Bytes(entity, Readable);
    }

    /// <summary>Whether two forms say the same, whenever each was written.</summary>
    public static bool SaysTheSame(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        var (one, other) = (JsonNode.Parse(left.Span)!.AsObject(), JsonNode.Parse(right.Span)!.AsObject());
        one.Remove("updated_at");
        other.Remove("updated_at");
        return JsonNode.DeepEquals(one, other);
    }
}
