using System.Text.Json.Nodes;

namespace Weir.Gateway.Plugins;

/// <summary>Changes the top-level fields of a JSON body. All values that rules set are strings.</summary>
static class JsonTransform
{
    /// <summary>The new body; null when nothing changed or the body is no JSON object.</summary>
    public static byte[]? Apply(ReadOnlyMemory<byte> body, TransformRules rules, string[] rendered)
    {
        if ((body.IsEmpty ? JsonFields.Empty() : JsonFields.Parse(body)) is not { } fields) return null;
        foreach (var rule in rules.Remove) fields.Remove(rule.Name);
        foreach (var rule in rules.Rename)
            if (rule.Of(rendered) is { } newName) fields.Rename(rule.Name, newName);
        foreach (var rule in rules.Replace)
            if (rule.Of(rendered) is { } value) fields.Replace(rule.Name, JsonValue.Create(value));
        foreach (var rule in rules.Add)
            if (rule.Of(rendered) is { } value) fields.Add(rule.Name, JsonValue.Create(value));
        foreach (var rule in rules.Append)
            if (rule.Of(rendered) is { } value) fields.Append(rule.Name, JsonValue.Create(value));
        return fields.IsChanged ? fields.ToBytes() : null;
    }
}
