using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>
/// Which headers of a client a provider gets to see: those that mean something to it, and no others. A list of what is let through, not of what is kept
/// back: a client's key may stand in any header, and must never reach a provider.
/// </summary>
static class ForwardedHeaders
{
    static readonly FrozenSet<string> Always = new[] { "User-Agent", "traceparent", "tracestate", "baggage" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those that only a provider of the client's own dialect understands.</summary>
    static readonly FrozenSet<string> OwnDialect = new[]
    {
        "Accept", "anthropic-version", "anthropic-beta", "OpenAI-Beta", "Idempotency-Key", "x-client-request-id", "x-goog-api-client", "x-session-affinity",
        "HTTP-Referer", "X-Title",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where clients of all vendors put their keys.</summary>
    static readonly string[] KeyHeaders = ["Authorization", "x-api-key", "api-key", "x-goog-api-key"];

    public static void Copy(IHeaderDictionary from, bool sameDialect, List<KeyValuePair<string, string>> to)
    {
        foreach (var (name, values) in from)
        {
            if (!Always.Contains(name) && !(sameDialect && OwnDialect.Contains(name))) continue;
            foreach (var value in values)
                if (value is not null) to.Add(new(name, value));
        }
    }

    /// <summary>Copies the client's own key; false when it brings none.</summary>
    public static bool CopyKey(IHeaderDictionary from, List<KeyValuePair<string, string>> to)
    {
        var found = false;
        foreach (var name in KeyHeaders)
        {
            if (from[name] is not [{ Length: > 0 } value, ..]) continue;
            to.Add(new(name, value));
            found = true;
        }
        return found;
    }
}
