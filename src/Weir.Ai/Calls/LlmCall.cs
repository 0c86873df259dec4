using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// One request to a model on its way through the gateway: what was asked, in which dialect, and what became of it. Made once per exchange by the first plugin
/// that asks; every plugin after it sees the same call, whatever the dialect.
/// </summary>
sealed class LlmCall
{
    /// <summary>Stands for the model of a request that names none: a target names it, or the request is refused.</summary>
    public const string Unnamed = "unnamed";

    ChatRequest? _request;

    LlmCall(Surface surface, ReadOnlyMemory<byte> body) => (Surface, Body) = (surface, body);

    /// <summary>What is asked for, and in which dialect.</summary>
    public Surface Surface { get; }

    /// <summary>The call of which this is a copy, made beside it; null for a client's own.</summary>
    public LlmCall? CopyOf { get; private init; }

    /// <summary>The body as the client sent it, or what <see cref="ReplaceBody"/> put in its place.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>What a look over the body found.</summary>
    public PromptScan Scan { get; private set; }

    /// <summary>The body is JSON; where it is not, <see cref="Scan"/> says nothing.</summary>
    public bool IsJson { get; private set; }

    /// <summary>Boundary of the body where it is a form; of that, <see cref="Scan"/> says model and streaming.</summary>
    public string? FormBoundary { get; private init; }

    /// <summary>The client's dialect.</summary>
    public Dialect Dialect => DialectCatalog.Of(Surface.Dialect);

    /// <summary>Model that the client asks for; empty for none.</summary>
    public string ModelAsked => ModelChosen ?? Surface.Line.Model ?? Scan.Model ?? "";

    /// <summary>The name of the model that a plugin has chosen for the call, wherever the request names it; null when none has.</summary>
    public string? ModelChosen { get; set; }

    /// <summary>The client asks for a stream.</summary>
    public bool AsksStream => Surface.Line.IsStream ?? Scan.IsStream ?? false;

    /// <summary>The client wants to see usage in its stream.</summary>
    public bool AsksUsage => Scan.IncludesUsage ?? false;

    /// <summary>A plugin has changed the conversation: the body must be written anew from <see cref="Read"/>.</summary>
    public bool IsRewritten { get; set; }

    /// <summary>What looks at the texts of the answer, in order: added before the call is made.</summary>
    public List<TextScanner> ReplyScanners { get; } = [];

    /// <summary>A plugin must see the whole answer before the client gets any of it: no stream is asked for, whatever the client wants.</summary>
    public bool AnswersWhole { get; private set; }

    /// <summary>The client's body, where a plugin wants it in the log beside what was made of it.</summary>
    public ReadOnlyMemory<byte>? LoggedOriginal { get; set; }

    /// <summary>What it holds of the budgets that it is subject to; null for none.</summary>
    public CallBudget? Budget { get; set; }

    /// <summary>Most tokens of an answer that budgets leave; null where they leave what was asked for.</summary>
    public int? OutputTokensCap { get; set; }

    /// <summary>Tokens of what was said in a session, as its last answer had them.</summary>
    public long SessionTokens { get; set; }

    /// <summary>Its span; null when nobody traces.</summary>
    public System.Diagnostics.Activity? Span { get; set; }

    /// <summary>What became of it; null before the first try.</summary>
    public LlmOutcome Outcome { get; } = new();

    /// <summary>
    /// The conversation, read when first asked for. Null when the body is no valid request of its dialect; <paramref name="problems"/> says why.
    /// </summary>
    public ChatRequest? Read(Problems problems) =>
        _request ??= Dialect.ReadRequest(Body, Surface.Line with { Model = Surface.Line.Model ?? Unnamed }, problems);

    /// <summary>
    /// Puts a JSON body in place of the client's: everything that was read is forgotten, and read anew. The error says why the body is none; then nothing has
    /// changed. Only for plugins that come before those that change the conversation.
    /// </summary>
    public LlmError? ReplaceBody(ReadOnlyMemory<byte> body)
    {
        if (IsRewritten) throw new InvalidOperationException("the conversation has been changed already: another body would undo that");
        var problems = new Problems();
        if (!PromptScan.TryRead(body.Span, out var scan, problems)) return InvalidRequest.Of(problems);
        (Body, Scan, IsJson, _request) = (body, scan, true, null);
        return null;
    }

    /// <summary>The same request once more, of which nothing has become yet.</summary>
    public LlmCall Copy() => new(Surface, Body)
    {
        CopyOf = this,
        Scan = Scan,
        IsJson = IsJson,
        FormBoundary = FormBoundary,
        ModelChosen = ModelChosen,
        IsRewritten = IsRewritten,
        OutputTokensCap = OutputTokensCap,
        _request = _request,
    };

    /// <summary>Puts a form of the same boundary in place of the client's, of which only texts are different.</summary>
    public void ReplaceForm(ReadOnlyMemory<byte> body) => Body = body;

    /// <summary>Has the provider asked for a whole answer. A request for a stream is written anew for that.</summary>
    public void AnswerWhole()
    {
        AnswersWhole = true;
        IsRewritten |= AsksStream;
    }

    /// <summary>A call of the gateway's own beside the one of an exchange: a conversation in OpenAI's form.</summary>
    public static LlmCall Beside(ReadOnlyMemory<byte> body)
    {
        PromptScan.TryRead(body.Span, out var scan, new Problems());
        return new LlmCall(new Surface(Operation.Chat, DialectName.OpenAiChat), body) { Scan = scan, IsJson = true };
    }

    /// <summary>The call of this exchange, or null when no plugin has asked for it.</summary>
    public static LlmCall? Of(Exchange exchange) => exchange.FindState(Seat.Instance) as LlmCall;

    /// <summary>
    /// What a request is taken for: what its path says, or what the plugin takes it for that will send it. So all plugins before that one read it alike.
    /// </summary>
    public static Surface SurfaceOf(Exchange exchange, Surface otherwise) =>
        Surface.OfPath(exchange.Path) ?? exchange.FindPlugin<ProxyPlugin>()?.Otherwise ?? otherwise;

    /// <summary>
    /// The call of this exchange, made when there is none: reads the body. A problem says why the request is none.
    /// </summary>
    public static async ValueTask<(LlmCall? Call, LlmError? Error)> OpenAsync(Exchange exchange, Surface otherwise, int bodyBytesMax)
    {
        if (Of(exchange) is { } known) return known.Body.Length <= bodyBytesMax ? (known, null) : (null, TooLarge(bodyBytesMax));
        var surface = SurfaceOf(exchange, otherwise);
        // What comes on a WebSocket is no body.
        if (surface.Operation == Operation.Realtime)
            return (Open(exchange, new LlmCall(surface, default) { Scan = new PromptScan { Model = RealtimeRequest.ModelOf(exchange) } }), null);
        if ((exchange.Upstream.Body ?? await exchange.ReadBodyAsync(bodyBytesMax)) is not { } body || body.Length > bodyBytesMax)
            return (null, TooLarge(bodyBytesMax));
        var scan = default(PromptScan);
        var isJson = HasJson(exchange);
        if (isJson)
        {
            var problems = new Problems();
            if (!PromptScan.TryRead(body.Span, out scan, problems)) return (null, InvalidRequest.Of(problems));
        }
        else if (MultipartForm.BoundaryOf(exchange.Http.Request.ContentType) is { } boundary && surface.Operation != Operation.Chat)
        {
            var problems = new Problems();
            if (!FormScan.TryRead(body.Span, boundary, out scan, problems)) return (null, InvalidRequest.Of(problems));
            return (Open(exchange, new LlmCall(surface, body) { Scan = scan, FormBoundary = boundary }), null);
        }
        else if (surface.Operation == Operation.Chat)
        {
            return (null, new LlmError(LlmErrorKind.InvalidRequest, 400, "content-type header does not match request body, or bad JSON formatting"));
        }
        return (Open(exchange, new LlmCall(surface, body) { Scan = scan, IsJson = isJson }), null);
    }

    static LlmCall Open(Exchange exchange, LlmCall call)
    {
        exchange.SetState(Seat.Instance, call);
        return call;
    }

    static LlmError TooLarge(int bodyBytesMax) =>
        new(LlmErrorKind.TooLarge, 413, $"request body is larger than the limit of {bodyBytesMax} bytes");

    static bool HasJson(Exchange exchange) =>
        exchange.Http.Request.ContentType is { } type && type.AsSpan().Trim().StartsWith("application/json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The place of the call among the exchange's states, which belong to plugins.</summary>
    sealed class Seat : IPlugin
    {
        public static readonly Seat Instance = new();
    }
}
