using System.Text.Json.Nodes;

namespace Weir.Gateway.Plugins;

/// <summary>Changes to the top-level fields of a JSON body, in the order in which they run.</summary>
sealed class JsonBodyRules(ResponseTransformer.Config config)
{
    readonly string[] _remove = [.. config.Remove.Json];
    readonly (string Name, string? NewName)[] _rename = [.. config.Rename.Json.Select(TransformRule.Split)];
    readonly (string Name, JsonNode? Value)[] _replace = Values(config.Replace);
    readonly (string Name, JsonNode? Value)[] _add = Values(config.Add);
    readonly (string Name, JsonNode? Value)[] _append = Values(config.Append);

    public bool IsEmpty => _remove.Length + _rename.Length + _replace.Length + _add.Length + _append.Length == 0;

    /// <summary>The new body; null when nothing changed or the body is no JSON object.</summary>
    public byte[]? Apply(ReadOnlyMemory<byte> body)
    {
        if (JsonFields.Parse(body) is not { } fields) return null;
        foreach (var name in _remove) fields.Remove(name);
        foreach (var (name, newName) in _rename)
            if (newName is not null) fields.Rename(name, newName);
        // A node has one parent: each body gets its own copy.
        foreach (var (name, value) in _replace) fields.Replace(name, value?.DeepClone());
        foreach (var (name, value) in _add) fields.Add(name, value?.DeepClone());
        foreach (var (name, value) in _append) fields.Append(name, value?.DeepClone());
        return fields.IsChanged ? fields.ToBytes() : null;
    }

    static (string, JsonNode?)[] Values(ResponseTransformer.Changes changes)
    {
        var values = new (string, JsonNode?)[changes.Json.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var (name, text) = TransformRule.Split(changes.Json[i]);
            JsonValues.TryConvert(text ?? "", i < changes.JsonTypes.Count ? changes.JsonTypes[i] : JsonValueType.String, out var value);
            values[i] = (name, value);
        }
        return values;
    }
}
