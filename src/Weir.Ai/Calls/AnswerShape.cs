using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>Chooses how the answer of one try gets to the client, by what came and what was asked for.</summary>
sealed class AnswerShape(LlmCall call, Exchange exchange, LlmParts parts, LlmRoute route, CallPace? pace)
{
    public LlmCall Call { get; } = call;

    public TimeProvider Time => parts.Time;

    /// <summary>How long a stream is read on when its client has gone; 0 for not at all.</summary>
    public int DrainMs => route.DrainMs;

    public LlmOutcome Outcome => Call.Outcome;

    /// <summary>The dialect that the provider speaks.</summary>
    public Dialect Wire { get; } = DialectCatalog.Of(call.Outcome.Wire);

    public bool IsSameWire => Outcome.Wire == Call.Surface.Dialect;

    /// <summary>The answer is a stream that may outgrow what it holds of its budgets.</summary>
    public bool MayOutgrow => Outcome.IsStream && Call.Budget is { MayOutgrow: true };

    /// <summary>The client is Mistral's own, and another provider than Mistral answers.</summary>
    bool IsForMistral => Call.Surface.Dialect == DialectName.OpenAiChat && Outcome.Target?.Config.Model.Provider != ProviderName.Mistral
        && exchange.Http.Request.Headers.UserAgent.ToString().Contains("mistral", StringComparison.OrdinalIgnoreCase);

    /// <summary>How the client wants its answer.</summary>
    public ReplyShape Reply => new()
    {
        ShowsUsage = Call.AsksUsage || IsForMistral,
        IsForMistral = IsForMistral,
        Id = exchange.RequestId,
        Unix = Time.GetUtcNow().ToUnixTimeSeconds(),
        Losses = Outcome.Losses,
        Request = Call.Read(new Problems()),
    };

    /// <summary>
    /// Puts the call into the books. To be awaited before the last of the answer goes out: what the client has seen to its end is in the ledger, whatever
    /// happens to this process next.
    /// </summary>
    public ValueTask SettleAsync() => parts.Books.SettleAsync(exchange, Call);

    /// <summary>Puts answers of a session into the books, and reserves for its next one. The error says why the session must end.</summary>
    public async ValueTask<LlmError?> SettleAnswersAsync(IReadOnlyList<TokenUsage> answers, UsageTally session)
    {
        await parts.Books.SettleAnswersAsync(exchange, Call, answers, session);
        return parts.Budgets is { } budgets ? await budgets.GoOnAsync(exchange, Call, Outcome.Target!, parts.Books) : null;
    }

    /// <summary>The call's scanners before a sink; they pass everything where there are none.</summary>
    public ReplyScreens ScreensBefore(IReplySink sink) => new(Call.ReplyScanners, LogBefore(sink) ?? sink, Outcome.Losses);

    /// <summary>What keeps a stream for the log, before a sink; null where it is not logged.</summary>
    public IReplySink? LogBefore(IReplySink? sink) => Outcome is { IsStream: true, Target.Payloads: { } log }
        ? Outcome.LoggedStream = new PayloadTap(sink, log.BytesMax + Recognizers.CharsMax)
        : null;

    /// <summary>Notes that a scanner has ended the answer.</summary>
    public LlmError Stopped(LlmError stop) => Outcome.Error = Outcome.Stopped = stop;

    /// <summary>Notes what the records need of the provider's answer.</summary>
    public ReplyTap Tap() => new(Outcome, Time, pace);

    /// <summary>Reads on in the provider's answer, within the call's time limits.</summary>
    public ValueTask<UpstreamRead> ReadAsync(UpstreamReply reply, Memory<byte> destination)
    {
        var read = pace is null ? reply.ReadAsync(destination) : pace.ReadAsync(reply, destination);
        return Outcome.IsHeadOut || !route.TellsCall || read.IsCompleted ? read : MeasureAsync(read);
    }

    /// <summary>The client has left, and took the call with it.</summary>
    public OperationCanceledException Left()
    {
        Outcome.ClientLeft = true;
        return new OperationCanceledException();
    }

    public ReplyBody BodyFor(UpstreamReply reply)
    {
        var head = new ReplyHead(reply);
        if (reply.Status == StatusCodes.Status101SwitchingProtocols) return new RealtimeBody(this, head, reply, exchange);
        var isStream = IsStream(head.ContentType);
        if (Outcome.Translation is { } surface) return new TranslatedSurface(this, head, reply, surface);
        if (Call.Surface.Operation != Operation.Chat) return new PassedAnswer(this, head, reply, isChat: false);
        // A stream that may have to be ended must be known event by event.
        if (!IsSameWire || isStream != Outcome.IsStream || (isStream && (MayOutgrow || IsForMistral)))
            return new TranslatedAnswer(this, head, reply, isStream);
        if (!isStream) return new PassedAnswer(this, head, reply, isChat: true);
        return Call.ReplyScanners.Count > 0 ? new ScreenedStream(this, head, reply) : new PassedStream(this, head, reply);
    }

    async ValueTask<UpstreamRead> MeasureAsync(ValueTask<UpstreamRead> read)
    {
        var from = Time.GetTimestamp();
        var done = await read;
        Outcome.Waited += Time.GetElapsedTime(from);
        return done;
    }

    public static bool IsStream(string? contentType) => contentType is not null
        && (contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("application/x-ndjson", StringComparison.OrdinalIgnoreCase));
}
