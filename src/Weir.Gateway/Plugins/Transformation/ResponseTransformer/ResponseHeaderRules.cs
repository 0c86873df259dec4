using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway.Plugins;

/// <summary>Changes to the headers of an answer, in the order in which they run.</summary>
sealed class ResponseHeaderRules(ResponseTransformer.Config config)
{
    readonly string[] _remove = [.. config.Remove.Headers.Select(static name => TransformRule.Split(name).Name)];
    readonly (string Name, string Value)[] _rename = Pairs(config.Rename.Headers);
    readonly (string Name, string Value)[] _replace = Pairs(config.Replace.Headers);
    readonly (string Name, string Value)[] _add = Pairs(config.Add.Headers);
    readonly (string Name, string Value)[] _append = Pairs(config.Append.Headers);

    public void Apply(IHeaderDictionary headers)
    {
        foreach (var name in _remove) headers.Remove(name);
        foreach (var (name, newName) in _rename)
        {
            if (newName.Length == 0 || !headers.TryGetValue(name, out var values)) continue;
            headers.Remove(name);
            headers[newName] = values;
        }
        foreach (var (name, value) in _replace)
            if (headers.ContainsKey(name)) headers[name] = value;
        foreach (var (name, value) in _add)
            if (!headers.ContainsKey(name)) headers[name] = value;
        foreach (var (name, value) in _append) headers[name] = StringValues.Concat(headers[name], value);
    }

    // Blanks around a value are not part of it (RFC 9110 §5.5).
    static (string, string)[] Pairs(IReadOnlyList<string> pairs) =>
        [.. pairs.Select(TransformRule.Split).Select(static pair => (pair.Name, pair.Value?.Trim(' ', '\t') ?? ""))];
}
