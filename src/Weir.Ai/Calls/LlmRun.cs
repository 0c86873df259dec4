using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// One call from its first try to its last byte:
/// <list type="number">
/// <item>Choose a target among those that may serve it, are up and were not tried.</item>
/// <item>Try it, with one key after the other while keys are what the provider refuses (see <see cref="LlmTry"/>).</item>
/// <item>Judge: on a failure that the configuration names, go to 1; nothing has reached the client.</item>
/// <item>Write the head.</item>
/// </list>
/// The body follows when the plugins have seen the head.
/// </summary>
sealed partial class LlmRun(LlmRoute route, LlmCall call, Exchange exchange, LlmParts parts)
{
    readonly List<Target> _tried = [];
    readonly CallPace? _pace = route.Limits is { } limits ? new CallPace(limits, parts.Time) : null;
    LlmTry? _try;

    /// <summary>Keys of the target under way that the provider has refused; null for none.</summary>
    List<PooledKey>? _refusedKeys;

    /// <remarks>One method for all the tries: each async method under it would cost every call a state machine more.</remarks>
    public async ValueTask<Verdict> SendAsync()
    {
        if (Begin(out var candidates, out var preferred) is { } refused) return Refuse(refused);
        LlmError? last = null;
        for (var triesLeft = route.Balancer.Retries; ; triesLeft--)
        {
            // Step 1
            if (route.Choose(exchange, candidates, _tried, preferred) is not { } target) return Refuse(last ?? route.Unavailable(candidates));
            _tried.Add(target);
            _refusedKeys = null;
            // Step 2
            LlmAttempt attempt;
            do attempt = NextTry(target) is { } next ? await next.RunAsync() : new LlmAttempt(LlmFailure.Resting(target.Keys.RestLeft));
            while (_try is { } made && IsForAnotherKey(made, attempt));
            if (attempt.Error is null)
            {
                call.Outcome.Target = target;
                if (call.Outcome.IsComplete) await parts.Books.SettleAsync(exchange, call);
                return Answered();
            }
            // Step 3
            if (attempt.Cause is { } cause && route.IsFailure(cause)) target.State.Failed();
            last = attempt.Error;
            if (attempt.Cause is null || triesLeft <= 0 || !route.MayFailOver(attempt.Cause.Value, attempt.WasSent)) return Fail(target, attempt);
            if (_pace is { IsOver: true }) return Refuse(LlmFailure.Late);
            if (!route.HasFree(candidates, _tried, preferred) || !MayTryAgain(target)) return Fail(target, attempt);
            LetGo();
        }
    }

    /// <summary>Writes the body of the answer that <see cref="SendAsync"/> came to.</summary>
    public ValueTask CopyBodyAsync(BodyOutput output) => _try?.Body?.CopyAsync(output) ?? default;

    /// <summary>Gives back what the call holds, and settles it.</summary>
    public async ValueTask FinishAsync()
    {
        LetGo();
        var outcome = call.Outcome;
        if (outcome.EndedTicks == 0) outcome.EndedTicks = parts.Time.GetTimestamp();
        await parts.Books.SettleAsync(exchange, call);
        if (call.Budget is { } budget) await budget.DisposeAsync();
        if (outcome.IsComplete) outcome.Enter(StreamState.Settled, parts.Metrics.Streams);
        else parts.Metrics.Streams.Move(outcome.State, StreamState.Settled);
        if (call.Span is { } span) GenAiSpan.End(span, call, exchange);
        if (GenAiMeter.IsOn) GenAiMeter.Record(call, parts.Time);
        if (outcome.Target is not { } target) return;
        route.Mirror?.Copy(call, exchange);
        // The client has seen the begin: no other target could be tried, but this one has failed all the same.
        if (outcome.State == StreamState.Committed && CauseOfBreak(outcome) is { } cause && route.IsFailure(cause)) target.State.Failed();
        if (outcome.IsComplete)
        {
            target.State.Answered(parts.Time.GetElapsedTime(outcome.SentTicks, outcome.EndedTicks), outcome.Usage, outcome.Cost ?? 0);
            target.State.Succeeded(route.FailTimeout);
        }
    }

    /// <summary>What is known of the call before its first try; the error says why there will be none.</summary>
    LlmError? Begin(out IReadOnlyList<Target> candidates, out Target? preferred)
    {
        (candidates, preferred) = ([], null);
        var asksStream = call.AsksStream;
        if (asksStream && route.Streaming == ResponseStreaming.Deny)
            return new LlmError(LlmErrorKind.InvalidRequest, 400, "response streaming is not enabled for this LLM");
        call.Outcome.IsStream = !call.AnswersWhole
            && (asksStream || (route.Streaming == ResponseStreaming.Always && call.Surface.Operation == Operation.Chat));
        call.Span = GenAiSpan.Begin(call, exchange);
        candidates = route.CandidatesFor(call.ModelAsked, out var unknownModel);
        if (unknownModel is not null) return new LlmError(LlmErrorKind.InvalidRequest, 400, unknownModel) { Param = "model" };
        candidates = route.AllowedOf(candidates, exchange, call.ModelAsked);
        if (candidates.Count == 0) return LlmFailure.Forbidden;
        candidates = route.Steer(candidates, exchange, out preferred);
        route.RetryBudget?.Called();
        return null;
    }

    /// <summary>A try with a key that was not refused; null when there is none: the target was up when it was chosen, its last key may rest since.</summary>
    LlmTry? NextTry(Target target) =>
        _try = target.Keys.Choose(_refusedKeys ?? (IReadOnlyList<PooledKey>)[]) is { } key
            ? new LlmTry(route, call, exchange, parts, target, key, _pace)
            : null;

    /// <summary>Whether a try is to be made again with another key: the provider refuses this one, which says nothing about the call.</summary>
    bool IsForAnotherKey(LlmTry made, in LlmAttempt attempt)
    {
        var (target, key) = (made.Target, made.Key);
        if (attempt.Error is null)
        {
            key.State.Accepted();
            return false;
        }
        LogTry(parts.Log, exchange.RequestId, target.Label, attempt.Error.Status, attempt.Reason ?? attempt.Error.Message);
        if (!attempt.IsAnswer || attempt.IsOwnKey) return false;
        var status = call.Outcome.ProviderStatus;
        if (target.Keys.Refused(key, status, attempt.Wait) is { Ticks: > 0 } rest)
        {
            parts.Metrics.Keys.Rested(target.ProviderText, key.Name, status);
            LogRest(parts.Log, exchange.RequestId, target.Label, key.Name, status, (long)rest.TotalMilliseconds);
        }
        if (!KeyPool.Blames(status) || target.Keys.Keys.Count == 1 || _pace is { IsOver: true }) return false;
        (_refusedKeys ??= []).Add(key);
        if (target.Keys.Choose(_refusedKeys) is null || !MayTryAgain(target)) return false;
        LetGo();
        return true;
    }

    /// <summary>Takes a further try from the route's budget of them.</summary>
    bool MayTryAgain(Target target)
    {
        if (route.RetryBudget?.TryTake() ?? true) return true;
        parts.Metrics.RetryRefused(target);
        return false;
    }

    static FailoverCriterion? CauseOfBreak(LlmOutcome outcome) =>
        outcome.BrokenBy
        ?? (outcome.Error is { Kind: LlmErrorKind.Provider or LlmErrorKind.Overloaded or LlmErrorKind.Timeout } ? FailoverCriterion.Error : null);

    /// <summary>Step 4. A whole answer is in the books by now.</summary>
    Verdict Answered()
    {
        call.Outcome.Enter(StreamState.Committed, parts.Metrics.Streams);
        WriteHead(_try!.Body!);
        return Verdict.Continue;
    }

    Verdict Fail(Target target, in LlmAttempt attempt)
    {
        call.Outcome.Error = attempt.Error;
        // The provider's own error goes to the client as an answer of the upstream; failures of the network are the gateway's.
        if (!attempt.IsAnswer) return Refuse(attempt.Error!);
        call.Outcome.Target = target;
        WriteHead(_try!.Body!);
        // The provider speaks of one key; another may be up earlier.
        if (call.Outcome.ProviderStatus == 429 && !target.Keys.IsUp)
            exchange.Http.Response.Headers.RetryAfter = LlmFailure.SecondsOf(target.Keys.RestLeft).ToString(CultureInfo.InvariantCulture);
        return Verdict.Continue;
    }

    void WriteHead(ReplyBody body)
    {
        var response = exchange.Http.Response;
        body.WriteHead(response);
        AnswerHeaders.Write(route, call.Outcome, parts.Time.GetUtcNow() - exchange.StartedAt, response.Headers);
        call.Budget?.WriteTo(response.Headers);
        call.Outcome.IsHeadOut = true;
    }

    Verdict Refuse(LlmError error)
    {
        call.Outcome.Error = error;
        return LlmRefusal.Of(call.Dialect, error);
    }

    void LetGo()
    {
        _try?.LetGo();
        _try = null;
    }

    [LoggerMessage(1, LogLevel.Warning, "Request {RequestId}: {Target} failed with {Status}: {Reason}")]
    static partial void LogTry(ILogger log, string requestId, string target, int status, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Request {RequestId}: key {Key} of {Target} was refused with {Status} and rests for {RestMs} ms")]
    static partial void LogRest(ILogger log, string requestId, string target, string key, int status, long restMs);
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

    /// <summary>It was made with the client's own key: what the provider says of it is not the operator's concern.</summary>
    public bool IsOwnKey { get; init; }

    /// <summary>How long the provider wants to be left alone; null where it does not say.</summary>
    public TimeSpan? Wait { get; init; }
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
