using System.Buffers;
using Microsoft.Extensions.Logging;
using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// Sends copies of calls to another target, for comparison. A copy is made when the client has had its answer, so it delays nothing; its own answer is read
/// for its usage and thrown away. Copies are bounded in number and time; none is tried twice.
/// </summary>
sealed partial class Mirror(MirrorConfig config, Target target, LlmParts parts, Random random)
{
    const double Percent = 100;

    int _underWay;

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
        var copy = call.Copy();
        var (draft, error) = CallMaker.Make(copy, target, exchange, call.Outcome.IsStream);
        if (draft is null)
        {
            Interlocked.Decrement(ref _underWay);
            LogFailed(parts.Log, exchange.RequestId, target.Label, error!.Message);
            return;
        }
        // The exchange is another's when the copy is under way: what the record needs of it is taken now.
        var begun = UsageRecords.Begin(exchange, copy, target) with { IsMirror = true };
        Last = Task.Run(() => RunAsync(copy, draft, key, begun, exchange.Method));
    }

    async Task RunAsync(LlmCall copy, CallDraft draft, PooledKey key, Telemetry.UsageRecord begun, string method)
    {
        var outcome = copy.Outcome;
        key.State.Begin();
        try
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(config.Timeout), parts.Time);
            if (await key.Authorizer.AuthorizeAsync(draft) is { } unproven)
            {
                LogFailed(parts.Log, begun.RequestId, target.Label, unproven);
                return;
            }
            outcome.BeginTry(target, parts.Time.GetTimestamp());
            using var reply = await parts.Upstreams.SendAsync(new UpstreamMessage
            {
                To = draft.To,
                Method = method,
                Path = draft.Path,
                Query = draft.Query,
                Headers = draft.Headers,
                Body = draft.Body,
                Stop = stop.Token,
            });
            outcome.ProviderStatus = reply.Status;
            if (reply.Failure != UpstreamFailure.None) outcome.Error = LlmFailure.ErrorOf(reply.Failure);
            else if (reply.Status >= 400) target.Keys.Refused(key, reply.Status, RateLimitHeaders.WaitOf(reply.Header, parts.Time.GetUtcNow()));
            else await ReadAsync(copy, reply);
            outcome.EndedTicks = parts.Time.GetTimestamp();
            await parts.Books.SettleMirrorAsync(begun, copy);
            parts.Metrics.Mirrored(target, outcome);
        }
        catch (Exception broken)
        {
            // Nobody waits for a copy: what goes wrong with it is told here or nowhere.
            LogBroken(parts.Log, broken, begun.RequestId, target.Label);
        }
        finally
        {
            key.State.End();
            Interlocked.Decrement(ref _underWay);
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

    [LoggerMessage(2, LogLevel.Error, "Request {RequestId}: its copy for {Target} broke")]
    static partial void LogBroken(ILogger log, Exception broken, string requestId, string target);
}
