using Microsoft.AspNetCore.Http;
using Weir.Identity;

namespace Weir.Ai.Plugins;

/// <summary>
/// Where clients of models put their keys: <c>Authorization: Bearer</c> (OpenAI, Cohere, Mistral, Bedrock), <c>x-api-key</c> (Anthropic), <c>api-key</c>
/// (Azure), <c>x-goog-api-key</c> and <c>?key=</c> (Google).
/// </summary>
static class KeyPlaces
{
    const string Bearer = "Bearer ";
    const string QueryName = "key=";

    static readonly string[] s_headers = ["x-api-key", "api-key", "x-goog-api-key"];

    /// <summary>
    /// Takes the virtual key out of the request, from every place where it stands: it is not for an upstream, nor for a log. What does not look like one
    /// stays: it may be a provider's own, which a target may allow.
    /// </summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="key">The virtual key; empty when there is none.</param>
    /// <param name="hasOther">Something else stands where a key may stand.</param>
    public static bool TryTake(Exchange exchange, out string key, out bool hasOther)
    {
        key = "";
        hasOther = false;
        var headers = exchange.Http.Request.Headers;
        TakeFrom(headers, "Authorization", Bearer, ref key, ref hasOther);
        foreach (var name in s_headers) TakeFrom(headers, name, "", ref key, ref hasOther);
        TakeFromQuery(exchange, ref key);
        return key.Length > 0;
    }

    static void TakeFrom(IHeaderDictionary headers, string name, string scheme, ref string key, ref bool hasOther)
    {
        if (!headers.TryGetValue(name, out var values)) return;
        foreach (var value in values)
        {
            if (value is null || !value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) continue;
            var text = value.AsSpan(scheme.Length).Trim();
            hasOther |= text.Length > 0;
            if (!VirtualKeyText.Looks(text)) continue;
            if (key.Length == 0) key = text.ToString();
            headers.Remove(name);
            return;
        }
    }

    static void TakeFromQuery(Exchange exchange, ref string key)
    {
        var query = exchange.Upstream.Query;
        if (!query.Contains(VirtualKeyText.Prefix, StringComparison.Ordinal)) return;
        var kept = new List<string>();
        foreach (var pair in query.TrimStart('?').Split('&'))
        {
            if (!pair.StartsWith(QueryName, StringComparison.Ordinal) || !VirtualKeyText.Looks(pair.AsSpan(QueryName.Length)))
            {
                kept.Add(pair);
                continue;
            }
            if (key.Length == 0) key = pair[QueryName.Length..];
            exchange.Redact(pair.AsSpan(QueryName.Length));
        }
        exchange.Upstream.Query = kept.Count == 0 ? "" : "?" + string.Join('&', kept);
    }
}
