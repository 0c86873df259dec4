using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>A client's request for a WebSocket to a model.</summary>
static class RealtimeRequest
{
    /// <summary>How browsers bring a key, which can set no header: it is the gateway's to see, and nobody else's.</summary>
    const string KeyProtocol = "openai-insecure-api-key.";

    static readonly string[] Headers = ["Sec-WebSocket-Key", "Sec-WebSocket-Version"];

    /// <summary>The model that the URL names, or null.</summary>
    public static string? ModelOf(Exchange exchange) => exchange.Http.Request.Query["model"] is [{ Length: > 0 } model, ..] ? model : null;

    public static bool IsUpgrade(Exchange exchange) =>
        exchange.Http.Request.Headers.Upgrade is [{ } protocol] && protocol.Equals("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Copies what the handshake needs. Extensions stay here: what is compressed cannot be counted.</summary>
    public static void CopyHeaders(IHeaderDictionary from, List<KeyValuePair<string, string>> to)
    {
        foreach (var name in Headers)
            if (from[name] is [{ } value, ..]) to.Add(new(name, value));
        var protocols = from.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static protocol => !protocol.StartsWith(KeyProtocol, StringComparison.OrdinalIgnoreCase)).ToList();
        if (protocols.Count > 0) to.Add(new("Sec-WebSocket-Protocol", string.Join(", ", protocols)));
    }
}
