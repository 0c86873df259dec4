namespace Weir.Ai.Plugins;

/// <summary>What plugins share that look at a prompt before it is sent: they open the call, and refuse in its dialect.</summary>
abstract class PromptPlugin(LlmFormat format, int bodyBytesMax) : IOnRequest
{
    /// <summary>Longest body that is read, or made.</summary>
    protected int BodyBytesMax { get; } = bodyBytesMax == 0 ? AnswerLimits.WholeBytesMax : bodyBytesMax;

    public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        var otherwise = new Surface(Operation.Chat, LlmRoute.DialectOf(RouteType.Chat, format));
        var (call, error) = await LlmCall.OpenAsync(exchange, otherwise, BodyBytesMax);
        if (call is null) return LlmRefusal.Of(DialectCatalog.Of(LlmCall.SurfaceOf(exchange, otherwise).Dialect), error!);
        return Look(exchange, call) is { } refused ? LlmRefusal.Of(call.Dialect, refused) : Verdict.Continue;
    }

    /// <summary>Looks at the prompt and may change it. The error is what the client is told; null lets the call go on.</summary>
    protected abstract LlmError? Look(Exchange exchange, LlmCall call);

    protected static LlmError Bad(string message) => new(LlmErrorKind.InvalidRequest, 400, message);
}
