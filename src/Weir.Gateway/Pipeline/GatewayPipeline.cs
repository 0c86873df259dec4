using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>
/// The whole path of a request, as one loop over prepared arrays:
/// <list type="number">
/// <item>Describe: who the client is, what is asked for. The snapshot was pinned when the request arrived.</item>
/// <item>Route: pick the route; no route is an answer too.</item>
/// <item>Request phase: plugins in catalog order until one answers.</item>
/// <item>Upstream: send, up to and including the head of the answer.</item>
/// <item>Response phase: plugins may change the head; nothing has been sent yet.</item>
/// <item>Body: streamed, through the plugins that asked for it; held until it is whole where a plugin must see all of it first.</item>
/// <item>Done: always, whatever happened.</item>
/// </list>
/// </summary>
sealed partial class GatewayPipeline(IForwarder forwarder, RequestDescriber describer, ResponseHeaders responseHeaders, IExchangeRecorder recorder, ILogger log)
{
    static readonly Answer Unexpected = Answer.Error(500, "An unexpected error occurred");

    public async Task RunAsync(Passage passage)
    {
        var exchange = passage.Exchange;
        try
        {
            // Steps 1 and 2
            var verdict = describer.Describe(passage);
            if (!verdict.Stops) verdict = Router.Choose(passage);

            // Step 3
            if (!verdict.Stops && passage.Route is not null) verdict = await RequestPhaseAsync(passage);

            // Step 4
            if (verdict.Stops)
            {
                if (exchange.Source == AnswerSource.None) exchange.Source = AnswerSource.Exit;
            }
            else if (forwarder.TrySend(passage) is { } connection)
            {
                // The wait stands here and not in the forwarder: another async method would cost every request a state machine.
                Fault fault;
                while (!connection.TryReadHead(out fault))
                {
                    try
                    {
                        fault = connection.TookHeadBytes(await connection.ReceiveHeadBytesAsync());
                    }
                    catch (Exception broken) when (Http1Connection.IsNetworkFailure(broken))
                    {
                        fault = connection.HeadBytesFailed(broken);
                    }
                    if (fault != Fault.None) break;
                }
                verdict = await forwarder.HeadEndedAsync(passage, fault);
            }
            else
            {
                verdict = await forwarder.SendAsync(passage);
                // A plugin that answers in the upstream's place may have left the loop, and need not say who answered.
                await passage.ToLoop();
                if (exchange.Source == AnswerSource.None) exchange.Source = verdict.Stops ? AnswerSource.Error : AnswerSource.Upstream;
            }

            await AnswerAsync(passage, verdict);
        }
        catch (OperationCanceledException)
            when (passage.Call.ClientGone || passage.ClientGone.IsCancellationRequested || exchange.Aborted.IsCancellationRequested)
        {
            Leave(passage);
        }
        catch (IOException gone) when (gone is ConnectionResetException || gone.InnerException is ConnectionAbortedException)
        {
            Leave(passage);
        }
        catch (Exception broken) when (BodyFault.Of(broken) is not (Fault.None or Fault.Aborted) && !passage.Http.Response.HasStarted)
        {
            // The client's body is broken, too long or too slow, and a plugin was reading it.
            await EndAsync(passage, FaultAnswers.Of(BodyFault.Of(broken)));
        }
        catch (Exception exception)
        {
            await FailAsync(passage, exception);
        }
        finally
        {
            // Step 7
            await forwarder.FinishAsync(passage);
            if (passage.Plan.HasBlockingDonePhase) await ThreadSwitch.ToPool;
            Complete(passage);
        }
    }

    /// <summary>Step 7, which also comes to requests that were refused before there was anything to run.</summary>
    public void Complete(Passage passage)
    {
        recorder.Complete(passage);
        Done(passage);
    }

    async ValueTask AnswerAsync(Passage passage, Verdict verdict)
    {
        // Step 5
        if (verdict.Answer is { } answer) AnswerWriter.WriteHead(passage, answer);
        if (passage.Plan.HasResponsePhase)
        {
            var replaced = await ResponsePhaseAsync(passage);
            if (replaced.Answer is { } other)
            {
                verdict = replaced;
                passage.Exchange.Source = AnswerSource.Exit;
                AnswerWriter.WriteHead(passage, other);
            }
        }
        if (passage.Plan.HasChunkPhase) ChooseBodyFilters(passage);
        responseHeaders.Apply(passage);

        // Step 6
        if (verdict.Answer is { } final) await AnswerWriter.WriteBodyAsync(passage, final);
        else if (passage.Plan.HasWholePhase && WholeAnswer.Wanted(passage) is { } bytesMax) await WholeAnswer.CopyAsync(passage, forwarder, bytesMax);
        else await forwarder.CopyBodyAsync(passage);
    }

    static async ValueTask<Verdict> RequestPhaseAsync(Passage passage)
    {
        var verdict = Verdict.Continue;
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is not { OnRequest: { } plugin } prepared || (prepared.Protocols & passage.Protocol) == 0) continue;
            await passage.ToThreadOf(prepared);
            verdict = await plugin.OnRequestAsync(passage.Exchange);
            if (passage.Exchange.ScopeChanged) passage.Narrow(slot);
            if (verdict.Stops) break;
        }
        await passage.ToLoop();
        return verdict;
    }

    static async ValueTask<Verdict> ResponsePhaseAsync(Passage passage)
    {
        var verdict = Verdict.Continue;
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is not { OnResponse: { } plugin } prepared || (prepared.Protocols & passage.Protocol) == 0) continue;
            await passage.ToThreadOf(prepared);
            var own = await plugin.OnResponseAsync(passage.Exchange);
            // The first replacement wins; later plugins still see (and may still change) the head.
            if (own.Stops && !verdict.Stops) verdict = own;
        }
        await passage.ToLoop();
        return verdict;
    }

    static void ChooseBodyFilters(Passage passage)
    {
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is not { OnChunk: { } plugin } prepared || (prepared.Protocols & passage.Protocol) == 0) continue;
            if (!plugin.WantsBody(passage.Exchange)) continue;
            passage.BodyFilters.Add(plugin);
            passage.HasBlockingFilter |= prepared.IsBlocking;
        }
        if (passage.BodyFilters.Count > 0) passage.Http.Response.Headers.ContentLength = null;
    }

    async ValueTask FailAsync(Passage passage, Exception exception)
    {
        LogUnexpected(log, exception, passage.Exchange.RequestId, passage.Exchange.Route?.Label ?? "-");
        if (passage.Http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            passage.Exchange.Source = AnswerSource.Error;
            passage.Http.Abort();
            return;
        }
        await EndAsync(passage, Unexpected);
    }

    ValueTask EndAsync(Passage passage, Answer answer)
    {
        passage.Exchange.Source = AnswerSource.Error;
        passage.BodyFilters.Clear();
        AnswerWriter.WriteHead(passage, answer);
        responseHeaders.Apply(passage);
        return AnswerWriter.WriteBodyAsync(passage, answer);
    }

    /// <summary>The client is gone. Unless told so, Kestrel may still try to drain a body whose reading has failed.</summary>
    static void Leave(Passage passage)
    {
        passage.Call.ClientGone = true;
        passage.Http.Abort();
    }

    void Done(Passage passage)
    {
        if (!passage.Plan.HasDonePhase) return;
        for (var slot = 0; slot < passage.PluginCount; slot++)
        {
            if (passage.Plugins[slot] is not { OnDone: { } plugin } prepared || (prepared.Protocols & passage.Protocol) == 0) continue;
            try
            {
                plugin.OnDone(passage.Exchange);
            }
            catch (Exception exception)
            {
                LogUnexpected(log, exception, passage.Exchange.RequestId, prepared.Name);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Unexpected failure in request {RequestId} at {Where}")]
    static partial void LogUnexpected(ILogger log, Exception exception, string requestId, string where);
}
