using System.Buffers;
using Microsoft.Extensions.Logging;
using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// Sends copies of calls to another target, for comparison. A copy is made when the client has had its answer, so it delays nothing; its own answer is read
/// for its usage and thrown away. Copies are bounded in number and time; none is tried twice. They are charged to the budgets that their calls are subject to;
/// one for which there is no room is not made.
/// </summary>
sealed partial class Mirror(MirrorConfig config, Target target, LlmParts parts, Random random)
{
    const double Percent = 100;

    int _underWay;
    bool _isUnpaid;

    /// <summary>The copy that was begun last; for tests.</summary>
    internal Task Last { get; private set; } = Task.CompletedTask;

    /// <summary>Copies a call that is over, or not, as chance and the limit will have it.</summary>
    public void Copy(LlmCall call, Exchange exchange)
    {
        // What makes or changes something at a provider happens once.
        if (call.Surface.Operation is not (Operation.Chat or Operation.Embeddings or Operation.Rerank)) return;
        if (config.Percentage < Percent && random.NextDouble() * Percent >= config.Percentage) return;
        if (Interlocked.Increment(ref _underWay) > config.ConcurrencyMax || target.Keys.Choose([]) is not { } key)
        {
            Interlocked.Decrement(ref _underWay);
            parts.Metrics.MirrorDropped(target);
            return;
        }
        // The exchange is another's when the copy is under way: what of it is needed is taken now, and nothing is waited for.
        var copy = call.Copy();
        if (Make(copy, exchange, call.Outcome.IsStream, out var draft, out var ask) is { } problem)
        {
            Interlocked.Decrement(ref _underWay);
            parts.Metrics.MirrorDropped(target);
            LogFailed(parts.Log, exchange.RequestId, target.Label, problem.Message);
            return;
        }
        var begun = UsageRecords.Begin(exchange, copy, target) with { IsMirror = true };
        Last = Task.Run(() => RunAsync(copy, draft!, ask, key, begun));
    }

    LlmError? Make(LlmCall copy, Exchange exchange, bool isStream, out CallDraft? draft, out BudgetAsk? ask)
    {
        (draft, ask) = (null, null);
        // Before the request is written: it may have to name a limit of tokens.
        if (parts.Budgets?.Ask(exchange, copy, target, parts.Books, out ask) is { } problem) return problem;
        (draft, var invalid) = CallMaker.Make(copy, target, exchange, isStream);
        if (draft is null) return invalid;
        return parts.Books.Quote(target, copy.Outcome.ModelSent, null).IsRefused ? LlmFailure.Unpriced(target, copy.Outcome.ModelSent) : null;
    }

    async Task RunAsync(LlmCall copy, CallDraft draft, BudgetAsk? ask, PooledKey key, Telemetry.UsageRecord begun)
    {
        key.State.Begin();
        try
        {
            if (await PayAsync(copy, ask, begun.RequestId)) await SendAsync(copy, draft, key, begun);
        }
        catch (Exception broken)
        {
            // Nobody waits for a copy: what goes wrong with it is told here or nowhere.
            LogBroken(parts.Log, broken, begun.RequestId, target.Label);
        }
        finally
        {
            if (copy.Budget is { } budget) await budget.DisposeAsync();
            key.State.End();
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>False when a budget has no room for it. That is logged once, until there is room again.</summary>
    async ValueTask<bool> PayAsync(LlmCall copy, BudgetAsk? ask, string requestId)
    {
        if (ask is not { } wanted) return true;
        var refused = await copy.Budget!.ReserveAsync(wanted);
        if (refused is not null)
        {
            parts.Metrics.MirrorUnpaid(target);
            if (!_isUnpaid) LogUnpaid(parts.Log, requestId, target.Label, refused.Message);
        }
        _isUnpaid = refused is not null;
        return refused is null;
    }

    async ValueTask SendAsync(LlmCall copy, CallDraft draft, PooledKey key, Telemetry.UsageRecord begun)
    {
        if (await key.Authorizer.AuthorizeAsync(draft) is { } unproven)
        {
            parts.Metrics.MirrorDropped(target);
            LogFailed(parts.Log, begun.RequestId, target.Label, unproven);
            return;
        }
        var outcome = copy.Outcome;
        outcome.BeginTry(target, parts.Time.GetTimestamp());
        try
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(config.Timeout), parts.Time);
            using var reply = await parts.Upstreams.SendAsync(new UpstreamMessage
            {
                To = draft.To,
                Method = draft.Method,
                Path = draft.Path,
                Query = draft.Query,
                Headers = draft.Headers,
                Body = draft.Body,
                Stop = stop.Token,
            });
            outcome.ProviderStatus = reply.Status;
            outcome.MayBeBilled = reply.Failure == UpstreamFailure.Aborted && reply.WasSent;
            if (reply.Failure != UpstreamFailure.None) outcome.Error = LlmFailure.ErrorOf(reply.Failure);
            else if (reply.Status >= 400) target.Keys.Refused(key, reply.Status, RateLimitHeaders.WaitOf(reply.Header, parts.Time.GetUtcNow()));
            else await ReadAsync(copy, reply);
        }
        finally
        {
            // Whatever broke: what was used until then is charged.
            outcome.EndedTicks = parts.Time.GetTimestamp();
            await parts.Books.SettleMirrorAsync(begun, copy);
            parts.Metrics.Mirrored(target, outcome);
        }
    }

    async ValueTask ReadAsync(LlmCall copy, UpstreamReply reply)
    {
        var outcome = copy.Outcome;
        var wire = DialectCatalog.Of(outcome.Wire);
        var isStream = AnswerShape.IsStream(reply.Header("Content-Type"));
        if (!isStream || copy.Surface.Operation != Operation.Chat)
        {
            var (bytes, failure) = await WholeBody.ReadAsync(reply, AnswerLimits.WholeBytesMax);
            outcome.IsComplete = failure == UpstreamFailure.None;
            if (!outcome.IsComplete) return;
            if (outcome.Translation is { } surface) outcome.Error = surface.Translate(bytes, null, outcome, new ArrayBufferWriter<byte>());
            else ReplyScan.Read(bytes, outcome, wire, parts.Time, copy.Surface.Operation == Operation.Chat);
            return;
        }
        var tap = new ReplyTap(outcome, parts.Time);
        var reader = wire.StreamReader(tap);
        var buffer = ArrayPool<byte>.Shared.Rent(AnswerLimits.ReadBytes);
        try
        {
            for (var bytes = 0; bytes < AnswerLimits.WholeBytesMax && !tap.IsOver;)
            {
                var read = await reply.ReadAsync(buffer);
                reader.Feed(buffer.AsSpan(0, read.Count));
                bytes += read.Count;
                if (read.IsComplete) reader.End();
                if (read.IsComplete || read.Failure != UpstreamFailure.None) break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Request {RequestId}: its copy for {Target} could not be made: {Reason}")]
    static partial void LogFailed(ILogger log, string requestId, string target, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Request {RequestId}: no copy for {Target} is made, nor of others until there is room: {Reason}")]
    static partial void LogUnpaid(ILogger log, string requestId, string target, string reason);

    [LoggerMessage(2, LogLevel.Error, "Request {RequestId}: its copy for {Target} broke")]
    static partial void LogBroken(ILogger log, Exception broken, string requestId, string target);
}
