using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// One call from its first try to its last byte:
/// <list type="number">
/// <item>Choose a target among those that may serve it, are up and were not tried.</item>
/// <item>Make the request in the provider's wire, prove who calls, send it.</item>
/// <item>Judge: on a failure that the configuration names, go to 1; nothing has reached the client.</item>
/// <item>Take a whole answer, or a stream up to its first content: until then it can still fail over.</item>
/// <item>Write the head.</item>
/// </list>
/// The body follows when the plugins have seen the head.
/// </summary>
sealed partial class LlmRun(LlmRoute route, LlmCall call, Exchange exchange, LlmParts parts)
{
    readonly List<Target> _tried = [];
    UpstreamReply? _reply;
    ReplyBody? _body;

    public async ValueTask<Verdict> SendAsync()
    {
        var asksStream = call.AsksStream;
        if (asksStream && route.Streaming == ResponseStreaming.Deny)
            return Refuse(new LlmError(LlmErrorKind.InvalidRequest, 400, "response streaming is not enabled for this LLM"));
        var isStream = asksStream || (route.Streaming == ResponseStreaming.Always && call.Surface.Operation == Operation.Chat);
        call.Outcome.IsStream = isStream;
        var candidates = route.CandidatesFor(call.ModelAsked, out var unknownModel);
        if (unknownModel is not null) return Refuse(new LlmError(LlmErrorKind.InvalidRequest, 400, unknownModel) { Param = "model" });

        LlmError? last = null;
        for (var triesLeft = route.Balancer.Retries; ; triesLeft--)
        {
            // Step 1
            if (route.Choose(exchange, candidates, _tried) is not { } target) return Refuse(last ?? LlmFailure.Exhausted);
            _tried.Add(target);
            // Steps 2 to 4
            var attempt = await TryAsync(target, isStream);
            if (attempt.Error is null) return await AnsweredAsync(target);
            if (attempt.Cause is { } cause && route.IsFailure(cause)) target.State.Failed();
            LogTry(parts.Log, exchange.RequestId, target.Label, attempt.Error.Status, attempt.Reason ?? attempt.Error.Message);
            last = attempt.Error;
            if (attempt.Cause is null || triesLeft <= 0 || !route.MayFailOver(attempt.Cause.Value, attempt.WasSent)) return Fail(target, attempt);
            LetGo();
        }
    }

    /// <summary>Writes the body of the answer that <see cref="SendAsync"/> came to.</summary>
    public ValueTask CopyBodyAsync(BodyOutput output) => _body?.CopyAsync(output) ?? default;

    /// <summary>Gives back what the call holds, and settles it.</summary>
    public async ValueTask FinishAsync()
    {
        LetGo();
        var outcome = call.Outcome;
        if (outcome.EndedTicks == 0) outcome.EndedTicks = parts.Time.GetTimestamp();
        await parts.Books.SettleAsync(exchange, call);
        if (call.Budget is { } budget) await budget.DisposeAsync();
        if (outcome is { Target: { } target, IsComplete: true })
        {
            target.State.Answered(parts.Time.GetElapsedTime(outcome.SentTicks, outcome.EndedTicks), outcome.Usage, outcome.Cost ?? 0);
            target.State.Succeeded(route.FailTimeout);
        }
    }

    async ValueTask<LlmAttempt> TryAsync(Target target, bool isStream)
    {
        var outcome = call.Outcome;
        var (counted, uncounted) = CountedAnswer.For(call, target, exchange);
        if (uncounted is not null) return new LlmAttempt(uncounted);
        if (counted is not null)
        {
            _body = counted;
            return default;
        }
        if (parts.Budgets is { } budgets && await budgets.ReserveAsync(exchange, call, target, parts.Books) is { } spent) return new LlmAttempt(spent);
        var (draft, invalid) = CallMaker.Make(call, target, exchange, isStream);
        if (draft is null) return new LlmAttempt(invalid!);
        if (parts.Books.Quote(target, outcome.ModelSent, null).IsRefused) return new LlmAttempt(LlmFailure.Unpriced(target, outcome.ModelSent));
        var owned = target.Config.Auth.AllowOverride && ForwardedHeaders.CopyKey(exchange.Http.Request.Headers, draft.Headers);
        if (!owned && await target.Authorizer.AuthorizeAsync(draft) is { } refused)
            return new LlmAttempt(LlmFailure.Unproven, FailoverCriterion.Error, refused);

        outcome.Tries++;
        outcome.SentTicks = parts.Time.GetTimestamp();
        target.State.Begin();
        outcome.Target = target;
        var reply = _reply = await parts.Upstreams.SendAsync(new UpstreamMessage
        {
            To = draft.To,
            Method = exchange.Method,
            Path = draft.Path,
            Query = draft.Query,
            Headers = draft.Headers,
            Body = draft.Body,
            AsksWebSocket = call.Surface.Operation == Operation.Realtime && RealtimeRequest.IsUpgrade(exchange),
            ConnectTimeoutMs = route.Balancer.ConnectTimeout,
            ReadTimeoutMs = route.Balancer.ReadTimeout,
            WriteTimeoutMs = route.Balancer.WriteTimeout,
            Exchange = exchange,
        });
        outcome.ProviderStatus = reply.Status;
        if (reply.Failure == UpstreamFailure.Aborted) throw new OperationCanceledException();
        if (reply.Failure != UpstreamFailure.None)
            return new LlmAttempt(LlmFailure.ErrorOf(reply.Failure), LlmFailure.CauseOf(reply.Failure), reply.Reason, reply.WasSent);

        var shape = new AnswerShape(call, exchange, parts);
        if (reply.Status >= 400) return await RefusedAsync(reply, shape);
        _body = shape.BodyFor(reply);
        var failed = await _body.BeginAsync();
        if (failed is not null && ReferenceEquals(failed, outcome.Stopped)) return new LlmAttempt(failed, WasSent: true);
        return failed is null
            ? default
            : new LlmAttempt(failed, failed.Kind == LlmErrorKind.Timeout ? FailoverCriterion.Timeout : FailoverCriterion.Error, WasSent: true);
    }

    /// <summary>The provider answered with an error: another target may do better, or the client gets it in its own dialect.</summary>
    async ValueTask<LlmAttempt> RefusedAsync(UpstreamReply reply, AnswerShape shape)
    {
        var head = shape.HeadOf(reply);
        var (bytes, _) = await WholeBody.ReadAsync(reply, AnswerLimits.ErrorBytesMax);
        var error = DialectCatalog.Of(call.Outcome.Wire).ReadError(reply.Status, bytes);
        _body = new ErrorAnswer(shape, head, error, bytes);
        return new LlmAttempt(error, LlmFailure.CauseOf(reply.Status), WasSent: true) { IsAnswer = true };
    }

    /// <summary>Step 5.</summary>
    async ValueTask<Verdict> AnsweredAsync(Target target)
    {
        call.Outcome.Target = target;
        if (call.Outcome.IsComplete) await parts.Books.SettleAsync(exchange, call);
        WriteHead(_body!);
        return Verdict.Continue;
    }

    Verdict Fail(Target target, in LlmAttempt attempt)
    {
        call.Outcome.Error = attempt.Error;
        // The provider's own error goes to the client as an answer of the upstream; failures of the network are the gateway's.
        if (!attempt.IsAnswer) return Refuse(attempt.Error!);
        call.Outcome.Target = target;
        WriteHead(_body!);
        return Verdict.Continue;
    }

    void WriteHead(ReplyBody body)
    {
        var response = exchange.Http.Response;
        body.WriteHead(response);
        var outcome = call.Outcome;
        if (route.NamesModel && outcome.Target is { } target)
            response.Headers["X-Kong-LLM-Model"] = $"{target.ProviderText}/{outcome.ModelServed ?? outcome.ModelSent}";
        if (outcome is { IsStream: false, Cost: { } cost })
            response.Headers["Weir-LLM-Cost"] = (cost / 1_000_000_000m).ToString(CultureInfo.InvariantCulture);
        if (outcome.Tries > 1) response.Headers["Weir-LLM-Tries"] = outcome.Tries.ToString(CultureInfo.InvariantCulture);
        if (!outcome.Losses.IsEmpty) response.Headers["Weir-Translation-Loss"] = outcome.Losses.ToString();
        call.Budget?.WriteTo(response.Headers);
    }

    Verdict Refuse(LlmError error)
    {
        call.Outcome.Error = error;
        return LlmRefusal.Of(call.Dialect, error);
    }

    void LetGo()
    {
        if (_reply is null) return;
        _reply.Dispose();
        _reply = null;
        call.Outcome.Target?.State.End();
    }

    [LoggerMessage(1, LogLevel.Warning, "Request {RequestId}: {Target} failed with {Status}: {Reason}")]
    static partial void LogTry(ILogger log, string requestId, string target, int status, string reason);
}

/// <summary>How one try ended; default: well.</summary>
/// <param name="Error">What the client is told if it was the last one; null when there is an answer.</param>
/// <param name="Cause">What it counts as; null where another target cannot help.</param>
/// <param name="Reason">More about it, for the log.</param>
/// <param name="WasSent">The provider may have acted on it.</param>
readonly record struct LlmAttempt(LlmError? Error, FailoverCriterion? Cause = null, string? Reason = null, bool WasSent = false)
{
    /// <summary>The error is an answer of the provider's.</summary>
    public bool IsAnswer { get; init; }
}

/// <summary>What calls are made with.</summary>
sealed record LlmParts(IUpstreams Upstreams, LlmMetrics Metrics, LlmBooks Books, TimeProvider Time, ILogger Log, string PluginId)
{
    /// <summary>Budgets of the document; null when it has none.</summary>
    public CallBudgets? Budgets { get; init; }
}

/// <summary>The gateway's own errors, in the client's dialect.</summary>
static class LlmRefusal
{
    public static Answer Of(Dialect dialect, LlmError error)
    {
        var body = new ArrayBufferWriter<byte>(256);
        dialect.WriteError(error, body);
        var answer = Answer.Bytes(error.Status, body.WrittenMemory, "application/json");
        return error.RetryAfterSeconds is { } seconds ? answer.With("Retry-After", seconds.ToString(CultureInfo.InvariantCulture)) : answer;
    }
}
