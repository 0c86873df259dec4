using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// One try at one target with one of its keys:
/// <list type="number">
/// <item>Make the request in the provider's wire and prove who calls.</item>
/// <item>Send it.</item>
/// <item>Take a whole answer, or a stream up to its first content: until then nothing has reached the client.</item>
/// </list>
/// Holds the connection until it lets go.
/// </summary>
sealed class LlmTry(LlmRoute route, LlmCall call, Exchange exchange, LlmParts parts, Target target, PooledKey key, CallPace? pace)
{
    UpstreamReply? _reply;

    /// <summary>The answer, or the provider's error; null when there is neither.</summary>
    public ReplyBody? Body { get; private set; }

    public Target Target => target;

    public PooledKey Key => key;

    /// <remarks>One method for all the steps, as with <see cref="LlmRun.SendAsync"/>.</remarks>
    public async ValueTask<LlmAttempt> RunAsync()
    {
        // Step 1
        var outcome = call.Outcome;
        outcome.Losses.Clear();
        var (counted, uncounted) = CountedAnswer.For(call, target, exchange);
        if (uncounted is not null) return new LlmAttempt(uncounted);
        if (counted is not null)
        {
            Body = counted;
            return default;
        }
        if (parts.Budgets is { } budgets && await budgets.ReserveAsync(exchange, call, target, parts.Books) is { } spent) return new LlmAttempt(spent);
        var (draft, invalid) = CallMaker.Make(call, target, exchange, outcome.IsStream);
        if (draft is null) return new LlmAttempt(invalid!);
        if (parts.Books.Quote(target, outcome.ModelSent, null).IsRefused) return new LlmAttempt(LlmFailure.Unpriced(target, outcome.ModelSent));
        var owned = target.Config.Auth.AllowOverride && ForwardedHeaders.CopyKey(exchange.Http.Request.Headers, draft.Headers);
        if (!owned && await key.Authorizer.AuthorizeAsync(draft) is { } refused)
            return new LlmAttempt(LlmFailure.Unproven, FailoverCriterion.Error, refused);

        if (call.Span is { } span) GenAiSpan.Forward(span, draft.Headers);

        // Step 2
        var reply = _reply = await parts.Upstreams.SendAsync(Begin(draft));
        outcome.Waited += parts.Time.GetElapsedTime(outcome.SentTicks);
        outcome.ProviderStatus = reply.Status;
        if (reply.Failure == UpstreamFailure.Aborted)
        {
            outcome.ClientLeft = true;
            outcome.MayBeBilled = reply.WasSent;
            throw new OperationCanceledException();
        }
        if (reply.Failure != UpstreamFailure.None)
            return new LlmAttempt(LlmFailure.ErrorOf(reply.Failure), LlmFailure.CauseOf(reply.Failure), ReasonOf(reply), reply.WasSent);

        // Step 3
        var shape = new AnswerShape(call, exchange, parts, route, pace);
        if (reply.Status >= 400) return await RefusedAsync(reply, shape) with { IsOwnKey = owned };
        outcome.Enter(StreamState.Held, parts.Metrics.Streams);
        Body = shape.BodyFor(reply);
        var failed = await Body.BeginAsync();
        if (failed is not null && ReferenceEquals(failed, outcome.Stopped)) return new LlmAttempt(failed, WasSent: true);
        return failed is null ? default
            : new LlmAttempt(failed, failed.Kind == LlmErrorKind.Timeout ? FailoverCriterion.Timeout : FailoverCriterion.Error, pace?.Reason, WasSent: true);
    }

    /// <summary>Gives the connection back.</summary>
    public void LetGo()
    {
        if (_reply is null) return;
        _reply.Dispose();
        _reply = null;
        target.State.End();
        key.State.End();
    }

    /// <summary>Notes that the try is sent, and says how.</summary>
    UpstreamMessage Begin(CallDraft draft)
    {
        var outcome = call.Outcome;
        outcome.BeginTry(target, parts.Time.GetTimestamp());
        outcome.BodySent = draft.Body;
        outcome.Address = draft.To;
        outcome.Enter(StreamState.Connecting, parts.Metrics.Streams);
        target.State.Begin();
        key.State.Begin();
        pace?.Begin(outcome.IsStream);
        var isRealtime = call.Surface.Operation == Operation.Realtime;
        return new UpstreamMessage
        {
            To = draft.To,
            Method = exchange.Method,
            Path = draft.Path,
            Query = draft.Query,
            Headers = draft.Headers,
            Body = draft.Body,
            AsksWebSocket = isRealtime && RealtimeRequest.IsUpgrade(exchange),
            ConnectTimeoutMs = pace?.Within(route.Balancer.ConnectTimeout) ?? route.Balancer.ConnectTimeout,
            ReadTimeoutMs = pace?.Within(route.Balancer.ReadTimeout) ?? route.Balancer.ReadTimeout,
            WriteTimeoutMs = pace?.Within(route.Balancer.WriteTimeout) ?? route.Balancer.WriteTimeout,
            Exchange = exchange,
            OutlivesClient = route.DrainMs > 0 && !isRealtime,
        };
    }

    /// <summary>The provider answered with an error: another key or target may do better, or the client gets it in its own dialect.</summary>
    async ValueTask<LlmAttempt> RefusedAsync(UpstreamReply reply, AnswerShape shape)
    {
        var head = new ReplyHead(reply);
        var wait = reply.Status is 401 or 402 or 403 or 429 or 503 or 529 ? RateLimitHeaders.WaitOf(reply.Header, parts.Time.GetUtcNow()) : null;
        var (bytes, _) = await WholeBody.ReadAsync(reply, AnswerLimits.ErrorBytesMax, shape);
        var error = DialectCatalog.Of(call.Outcome.Wire).ReadError(reply.Status, bytes);
        call.Outcome.LoggedAnswer = bytes;
        Body = new ErrorAnswer(shape, head, error, bytes);
        return new LlmAttempt(error, LlmFailure.CauseOf(reply.Status), WasSent: true) { IsAnswer = true, Wait = wait };
    }

    string? ReasonOf(UpstreamReply reply) => reply.Failure == UpstreamFailure.Timeout ? pace?.Reason ?? reply.Reason : reply.Reason;
}
