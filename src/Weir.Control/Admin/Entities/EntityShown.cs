using System.Text.Json;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Entities as the Admin API shows them: as they are stored, with what Kong adds from elsewhere.</summary>
static class EntityShown
{
    const int CertificateOfSni = 0;

    public static Reply Answer(int status, Stored entity, EntityView view, ReadOptions read) =>
        Reply.Write(status, json => Write(json, entity, view, read));

    public static void Write(Utf8JsonWriter json, Stored entity, EntityView view, ReadOptions read)
    {
        if (Added(entity, view, read) is { } node) node.WriteTo(json, Reply.Readable);
        else json.WriteRawValue(entity.Json.Span, skipInputValidation: true);
    }

    /// <summary>The entity with what is added; null when nothing is.</summary>
    static JsonObject? Added(Stored entity, EntityView view, ReadOptions read)
    {
        var masked = view.Masks(entity.Kind) ? SecretMask.Of(entity.Kind, entity.Json, read) : null;
        if (entity.Kind == ControlKinds.Certificates)
        {
            var node = masked ?? JsonNode.Parse(entity.Json.Span)!.AsObject();
            var names = view.Referring(ControlKinds.Snis, CertificateOfSni, entity.Id).Select(static sni => sni.Name ?? "").Order(StringComparer.Ordinal);
            node["snis"] = new JsonArray([.. names.Select(static name => (JsonNode)name)]);
            return node;
        }
        if (entity.Kind != ControlKinds.Plugins || entity.Text("name") is not { } name || !read.Plugins.TryGetValue(name, out var plugin)) return masked;
        var shape = Shape.Of(plugin.ConfigType);
        if (!Shorthands.HasAny(shape)) return masked;
        var shown = masked ?? JsonNode.Parse(entity.Json.Span)!.AsObject();
        if (shown["config"] is JsonObject config) Shorthands.Echo(config, shape);
        return shown;
    }
}
