using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>Entities without their secrets, for whoever may know that something changed but not what it is now.</summary>
static class SecretMask
{
    public const string Masked = "[masked]";

    static readonly FieldRules Secret = new() { Secret = true };

    /// <summary>The entity with a mark in the place of every secret. References to vaults are none: they stay.</summary>
    public static JsonObject Of(ControlKind kind, ReadOnlyMemory<byte> json, ReadOptions read)
    {
        var entity = JsonNode.Parse(json.Span)!.AsObject();
        Mask(entity, Shape.Of(kind.Type));
        if (entity["config"] is not JsonObject settings) return entity;
        if (kind == ControlKinds.Plugins && entity["name"] is { } name && read.Plugins.TryGetValue(name.ToString(), out var plugin))
            Mask(settings, Shape.Of(plugin.ConfigType));
        else if (kind == ControlKinds.Vaults && entity["name"] is { } vault && VaultKinds.SettingsOf(vault.ToString()) is { } shape)
            Mask(settings, shape);
        // Nothing says which settings are secrets.
        else if (kind == ControlKinds.Plugins || kind == ControlKinds.Partials || kind == ControlKinds.Vaults)
            entity["config"] = Value(settings, new Shape { Kind = ShapeKind.Any, Type = kind.Type }, Secret);
        return entity;
    }

    /// <summary>Whether a field of a kind is a secret.</summary>
    public static bool IsSecret(ControlKind kind, string field) => Shape.Of(kind.Type).Fields.GetValueOrDefault(field)?.Rules.Secret == true;

    static void Mask(JsonObject record, Shape shape)
    {
        foreach (var field in shape.Order)
            if (record[field.Name] is { } value)
                record[field.Name] = Value(value.DeepClone(), field.Shape, field.Rules);
        // Deprecated names of settings are kept where nothing reads them: what they stand for says whether they are secrets.
        foreach (var (name, path) in shape.Shorthands)
            if (!shape.Fields.ContainsKey(name) && record[name] is { } value && IsSecret(shape, path))
                record[name] = Value(value.DeepClone(), new Shape { Kind = ShapeKind.Any, Type = shape.Type }, Secret);
    }

    static bool IsSecret(Shape shape, string[] path)
    {
        FieldShape? last = null;
        foreach (var step in path)
            if (shape.Fields.TryGetValue(step, out last)) shape = last.Shape;
        return last?.Rules.Secret == true;
    }

    static JsonNode? Value(JsonNode? node, Shape shape, FieldRules rules)
    {
        switch (node)
        {
            case JsonObject record when shape is { Kind: ShapeKind.Record, IsReference: false }:
                Mask(record, shape);
                return record;
            case JsonObject map:
                foreach (var (name, value) in map.ToList()) map[name] = Value(value?.DeepClone(), shape.Element ?? shape, rules);
                return map;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Value(item?.DeepClone(), shape.Element ?? shape, rules))]);
            case JsonValue value when rules.Secret && value.TryGetValue<string>(out var text) && !VaultReference.Looks(text):
                return Masked;
            default:
                return node;
        }
    }
}
