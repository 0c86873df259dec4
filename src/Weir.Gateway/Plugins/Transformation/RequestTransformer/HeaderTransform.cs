using Microsoft.Extensions.Primitives;

namespace Weir.Gateway.Plugins;

/// <summary>Changes the headers that go upstream. Host is not one of them: it can only be replaced.</summary>
static class HeaderTransform
{
    /// <summary>False when a rendered name or value cannot stand in a header; the request must not go on then.</summary>
    public static bool Apply(Exchange exchange, TransformRules rules, string[] rendered)
    {
        var headers = exchange.Http.Request.Headers;
        foreach (var rule in rules.Remove)
            if (!IsHost(rule.Name) && !FramingHeaders.Contains(rule.Name)) headers.Remove(rule.Name);
        foreach (var rule in rules.Rename)
        {
            if (rule.Of(rendered) is not { } newName || IsHost(rule.Name) || !headers.TryGetValue(rule.Name, out var values)) continue;
            if (!HeaderText.IsName(newName) || IsHost(newName) || FramingHeaders.Contains(newName)) return false;
            headers.Remove(rule.Name);
            headers[newName] = values;
        }
        foreach (var rule in rules.Replace)
        {
            if (!TryValue(rule, rendered, out var value)) return false;
            if (IsHost(rule.Name)) exchange.Upstream.Host = value;
            else if (headers.ContainsKey(rule.Name)) headers[rule.Name] = value;
        }
        foreach (var rule in rules.Add)
        {
            if (!TryValue(rule, rendered, out var value)) return false;
            if (!IsHost(rule.Name) && !headers.ContainsKey(rule.Name)) headers[rule.Name] = value;
        }
        foreach (var rule in rules.Append)
        {
            if (!TryValue(rule, rendered, out var value)) return false;
            if (!IsHost(rule.Name)) headers[rule.Name] = StringValues.Concat(headers[rule.Name], value);
        }
        return true;
    }

    // Blanks around a value are not part of it (RFC 9110 §5.5).
    static bool TryValue(TransformRule rule, string[] rendered, out string value)
    {
        value = rule.Of(rendered)?.Trim(' ', '\t') ?? "";
        return HeaderText.IsValue(value);
    }

    static bool IsHost(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase);
}
