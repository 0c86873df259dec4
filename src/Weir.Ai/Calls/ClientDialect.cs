namespace Weir.Ai;

/// <summary>In which dialect to talk to a client before its request has been read: what its path and headers tell.</summary>
static class ClientDialect
{
    /// <summary>The dialect; OpenAI's where nothing tells.</summary>
    public static DialectName Of(Exchange exchange)
    {
        if (IsGemini(exchange.Path)) return DialectName.Gemini;
        if (Surface.OfPath(exchange.Path) is { } surface && surface.Operation != Operation.Models) return surface.Dialect;
        return exchange.Http.Request.Headers.ContainsKey("anthropic-version") ? DialectName.Anthropic : DialectName.OpenAiChat;
    }

    /// <summary>An error in that dialect.</summary>
    public static Answer Refuse(Exchange exchange, LlmError error) => LlmRefusal.Of(DialectCatalog.Of(Of(exchange)), error);

    static bool IsGemini(string path) => path.Contains("/v1beta/models", StringComparison.Ordinal);
}
