namespace Weir.Ai;

/// <summary>
/// One request to a model on its way through the gateway: what was asked, in which dialect, and what became of it. Made once per exchange by the first plugin
/// that asks; every plugin after it sees the same call, whatever the dialect.
/// </summary>
sealed class LlmCall
{
    /// <summary>Stands for the model of a request that names none: a target names it, or the request is refused.</summary>
    const string Unnamed = "unnamed";

    ChatRequest? _request;

    LlmCall(Surface surface, ReadOnlyMemory<byte> body) => (Surface, Body) = (surface, body);

    /// <summary>What is asked for, and in which dialect.</summary>
    public Surface Surface { get; }

    /// <summary>The body as the client sent it.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>What a look over the body found.</summary>
    public PromptScan Scan { get; private init; }

    /// <summary>The body is JSON; where it is not, <see cref="Scan"/> says nothing.</summary>
    public bool IsJson { get; private init; }

    /// <summary>The client's dialect.</summary>
    public Dialect Dialect => DialectCatalog.Of(Surface.Dialect);

    /// <summary>Model that the client asks for; empty for none.</summary>
    public string ModelAsked => Surface.Line.Model ?? Scan.Model ?? "";

    /// <summary>The client asks for a stream.</summary>
    public bool AsksStream => Surface.Line.IsStream ?? Scan.IsStream ?? false;

    /// <summary>The client wants to see usage in its stream.</summary>
    public bool AsksUsage => Scan.IncludesUsage ?? false;

    /// <summary>A plugin has changed the conversation: the body must be written anew from <see cref="Read"/>.</summary>
    public bool IsRewritten { get; set; }

    /// <summary>What became of it; null before the first try.</summary>
    public LlmOutcome Outcome { get; } = new();

    /// <summary>
    /// The conversation, read when first asked for. Null when the body is no valid request of its dialect; <paramref name="problems"/> says why.
    /// </summary>
    public ChatRequest? Read(Problems problems) =>
        _request ??= Dialect.ReadRequest(Body, Surface.Line with { Model = Surface.Line.Model ?? Unnamed }, problems);

    /// <summary>The same request once more, of which nothing has become yet.</summary>
    public LlmCall Copy() => new(Surface, Body) { Scan = Scan, IsJson = IsJson, IsRewritten = IsRewritten, _request = _request };

    /// <summary>The call of this exchange, or null when no plugin has asked for it.</summary>
    public static LlmCall? Of(Exchange exchange) => exchange.FindState(Seat.Instance) as LlmCall;

    /// <summary>
    /// The call of this exchange, made when there is none: reads the body. A problem says why the request is none.
    /// </summary>
    public static async ValueTask<(LlmCall? Call, LlmError? Error)> OpenAsync(Exchange exchange, Surface otherwise, int bodyBytesMax)
    {
        if (Of(exchange) is { } known) return (known, null);
        var surface = Surface.OfPath(exchange.Path) ?? otherwise;
        if (await exchange.ReadBodyAsync(bodyBytesMax) is not { } body)
            return (null, new LlmError(LlmErrorKind.TooLarge, 413, $"request body is larger than the limit of {bodyBytesMax} bytes"));
        var scan = default(PromptScan);
        var isJson = HasJson(exchange);
        if (isJson)
        {
            var problems = new Problems();
            if (!PromptScan.TryRead(body.Span, out scan, problems)) return (null, InvalidRequest.Of(problems));
        }
        else if (surface.Operation == Operation.Chat)
        {
            return (null, new LlmError(LlmErrorKind.InvalidRequest, 400, "content-type header does not match request body, or bad JSON formatting"));
        }
        var call = new LlmCall(surface, body) { Scan = scan, IsJson = isJson };
        exchange.SetState(Seat.Instance, call);
        return (call, null);
    }

    static bool HasJson(Exchange exchange) =>
        exchange.Http.Request.ContentType is { } type && type.AsSpan().Trim().StartsWith("application/json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The place of the call among the exchange's states, which belong to plugins.</summary>
    sealed class Seat : IPlugin
    {
        public static readonly Seat Instance = new();
    }
}
