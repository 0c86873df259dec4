using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>
/// Sends a request to its service:
/// <list type="number">
/// <item>Wait for the first resolution of the targets' names, once per configuration.</item>
/// <item>Choose a peer; none is an answer.</item>
/// <item>Take a connection from the peer's pool, or make one.</item>
/// <item>Send head and body. A body that is still coming is pumped beside the steps that follow.</item>
/// <item>Read the head of the answer.</item>
/// <item>On a fault: tell the balancer; go to 2 when trying again is safe, answer otherwise.</item>
/// <item>Copy the head into the response.</item>
/// </list>
/// The body is copied later, when the plugins have seen the head.
/// </summary>
sealed partial class Forwarder(Transports transports, Http2Forwarder http2, ILogger<Forwarder> log) : IForwarder
{
    public ValueTask<Verdict> SendAsync(Passage passage)
    {
        var service = passage.Route!.Service;
        if (service?.Balancer is null)
        {
            passage.Exchange.Source = AnswerSource.Error;
            return Verdict.Stop(FaultAnswers.NoService);
        }
        if (RequestBody.IsTooLarge(passage)) return new(Fail(passage, FaultAnswers.Of(Fault.RequestTooLarge)));
        return TryAsync(passage, service, service.Balancer);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Verdict> TryAsync(Passage passage, Service service, Balancer balancer)
    {
        // A plugin that awaited something of its own may have left the loop. Kestrel runs HTTP/2 streams on the pool's threads in any case.
        if (!passage.IsStream && passage.Loop is { IsCurrent: false } loop) await loop.Enter();

        // Step 1
        if (!balancer.IsReady) await balancer.ReadyAsync(passage.ClientGone);

        var call = passage.Call;
        var started = Stopwatch.GetTimestamp();
        var tryStarted = started;
        var key = balancer.KeyOf(passage.Exchange, out var setCookie);
        for (var triesLeft = service.Config.Retries; ; triesLeft--)
        {
            // Step 2
            if (!balancer.TryPick(new PickInput(key, call.Tried), out var peer))
            {
                if (!call.Tried.IsEmpty) LogNobodyLeft(log, passage.Exchange.RequestId, balancer.Upstream.Name);
                return Fail(passage, Answer.Error(503, balancer.Fault));
            }
            call.Peer = peer;
            call.AddTried(peer);

            // Steps 3 to 5
            var connections = PeerConnections.Of(peer, transports);
            passage.Exchange.UpstreamOrigin = service.Tls is null ? connections.HttpOrigin : connections.HttpsOrigin;
            var attempt = service.IsHttp2
                ? await http2.TryAsync(passage, service, balancer, peer, connections)
                : await TryOnceAsync(passage, service, balancer, peer, connections, tryStarted);
            var ended = Stopwatch.GetTimestamp();
            var latency = Stopwatch.GetElapsedTime(tryStarted, ended);
            passage.Exchange.UpstreamLatency = Stopwatch.GetElapsedTime(started, ended);
            passage.Exchange.AddTry(new UpstreamTry(
                peer.Address.Address, peer.Address.Port, passage.TimeOf(tryStarted), attempt.Connecting, attempt.Text, attempt.Status));
            tryStarted = ended;

            if (attempt.Fault == Fault.None)
            {
                // Step 7
                if (setCookie is not null) passage.Http.Response.Headers.Append("Set-Cookie", setCookie);
                balancer.Report(peer, Outcome.Answered(attempt.Status), latency);
                passage.Exchange.UpstreamStatus = attempt.Status;
                passage.Exchange.Source = AnswerSource.Upstream;
                passage.AnsweredTicks = ended;
                return Verdict.Continue;
            }

            // Step 6
            if (FaultAnswers.HealthOf(attempt.Fault) is { } outcome) balancer.Report(peer, outcome, latency);
            // Tries that are made good stand in the access log; one line for each would flood this log when a target fails.
            var isLast = triesLeft <= 0 || !attempt.MayTryAgain;
            LogFault(log, isLast ? LevelOf(attempt.Fault) : LogLevel.Debug, passage.Exchange.RequestId, peer, attempt.Fault, attempt.Reason ?? "");
            call.LetGo();
            balancer.Release(peer);
            call.Peer = null;
            if (call.ClientGone) throw new OperationCanceledException();
            if (isLast) return Fail(passage, FaultAnswers.Of(attempt.Fault));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Attempt> TryOnceAsync(Passage passage, Service service, Balancer balancer, Peer peer, PeerConnections connections, long begun)
    {
        // Step 3
        var call = passage.Call;
        var host = UpstreamHost.Of(passage, balancer, peer, service.Tls is null ? connections.HttpHost : connections.HttpsHost);
        var pool = connections.Pool(service.Tls is null ? null : UpstreamHost.WithServerName(service.Tls, host));
        var rental = await pool.RentAsync(service.ConnectTimeout, passage.ClientGone);
        if (rental.Connection is not { } connection) return new Attempt(rental.Fault, rental.Reason, MayTryAgain: true);
        call.Hold(connection, pool);
        var connecting = Stopwatch.GetElapsedTime(begun);

        // Step 4
        var head = connection.BeginRequest(passage.Exchange.Upstream.Method, passage.Exchange.Upstream.Path, passage.Exchange.Upstream.Query, service.Timeouts);
        RequestHeadComposer.Write(passage, new Http1Head(head), host);
        if (RequestHeadComposer.AsksWebSocket(passage.Http.Request.Headers)) head.Upgrade("websocket");
        var source = RequestBody.Source(passage);
        RequestBody.Frame(passage, source, head);
        if (head.Problem is not null) return new Attempt(Fault.RequestInvalid, head.Problem, MayTryAgain: false);
        passage.Exchange.RequestBytes = head.Count;
        var fault = source is BodySource.Stream or BodySource.StreamChunked
            ? Pump(passage, connection, source)
            : await SendWholeAsync(passage, connection, source);

        // Step 5. An upstream may answer and close without taking the whole request: its answer counts, the failed send does not.
        if (fault is Fault.None or Fault.WriteFailed)
        {
            var read = await connection.ReadHeadAsync();
            fault = fault == Fault.None || read == Fault.None ? read : fault;
        }
        if (fault == Fault.None)
        {
            var response = passage.Http.Response;
            response.StatusCode = connection.Response.Status;
            connection.Response.CopyHeadersTo(response.Headers);
            return new Attempt(Fault.None, null, false, connection.Response.Status, connecting);
        }
        fault = await PumpFaultAsync(passage, fault);
        return new Attempt(fault, connection.Reason, MayTryAgain(passage, connection, fault), 0, connecting);
    }

    static ValueTask<Fault> SendWholeAsync(Passage passage, Http1Connection connection, BodySource source)
    {
        var body = source == BodySource.Memory ? RequestBody.InMemory(passage.Exchange) : default;
        passage.Exchange.RequestBytes += body.Length;
        return connection.SendAsync(body, last: true);
    }

    static Fault Pump(Passage passage, Http1Connection connection, BodySource source)
    {
        passage.Call.BodyPump = GuardAsync(RequestBody.PumpAsync(passage, connection, source), connection);
        return Fault.None;

        // While the request is unfinished no read timeout runs: a pump that gives up must wake the reader. After a failed send an answer may still come.
        static async Task<Fault> GuardAsync(Task<Fault> pump, Http1Connection connection)
        {
            var fault = await pump;
            if (fault is not (Fault.None or Fault.WriteFailed)) connection.Abort();
            return fault;
        }
    }

    /// <summary>When the pump failed first, its fault is the cause; the reader only saw the consequence.</summary>
    static async ValueTask<Fault> PumpFaultAsync(Passage passage, Fault fault)
    {
        var call = passage.Call;
        if (call.BodyPump is not { } pump) return fault;
        if (!pump.IsCompleted)
        {
            call.Connection?.Abort();
            passage.Http.Request.BodyReader.CancelPendingRead();
        }
        var pumped = await pump;
        call.BodyPump = null;
        return pumped is Fault.RequestInvalid or Fault.RequestTooLarge or Fault.RequestTooSlow or Fault.WriteTimeout ? pumped : fault;
    }

    /// <summary>
    /// Safe to send again: nothing was sent; or the method is idempotent (RFC 9110 §9.2.2), no byte of an answer was seen, and no byte of the client's body
    /// is lost.
    /// </summary>
    static bool MayTryAgain(Passage passage, Http1Connection connection, Fault fault)
    {
        if (fault is Fault.RequestInvalid or Fault.RequestTooLarge or Fault.RequestTooSlow or Fault.Aborted || passage.Call.BodyConsumed) return false;
        if (!connection.RequestBytesSent) return true;
        return IsIdempotent(passage.Exchange.Upstream.Method) && !connection.ResponseBytesSeen;
    }

    internal static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS" or "TRACE";

    static Verdict Fail(Passage passage, Answer answer)
    {
        passage.Exchange.Source = AnswerSource.Error;
        return answer;
    }

    public async ValueTask CopyBodyAsync(Passage passage)
    {
        var call = passage.Call;
        var connection = call.Connection;
        if (connection?.Response.Status == StatusCodes.Status101SwitchingProtocols)
        {
            await Tunnel.RunAsync(passage, connection);
            return;
        }
        var fault = connection is null ? await http2.CopyBodyAsync(passage) : await ResponseBody.CopyAsync(passage, connection);
        passage.Exchange.UpstreamReceive = Stopwatch.GetElapsedTime(passage.AnsweredTicks);
        if (fault == Fault.None) return;
        LogFault(log, LevelOf(fault), passage.Exchange.RequestId, call.Peer!, fault, connection?.Reason ?? "");
        passage.Exchange.BodyFault = fault.ToString();
        // Half a body must not look like a whole one.
        passage.Http.Abort();
    }

    public async ValueTask FinishAsync(Passage passage)
    {
        var call = passage.Call;
        call.Http2Answer?.Dispose();
        // The answer is complete and the client is still sending: nobody wants the rest.
        if (call.BodyPump is not null) await PumpFaultAsync(passage, Fault.None);
        call.LetGo();
        if (call.Peer is { } peer) passage.Route!.Service!.Balancer!.Release(peer);
    }

    /// <summary>That a client went away is its own affair, and a flood of such clients must not become one of lines.</summary>
    static LogLevel LevelOf(Fault fault) => fault == Fault.Aborted ? LogLevel.Debug : LogLevel.Warning;

    [LoggerMessage(EventId = 1, Message = "Request {RequestId}: {Peer} failed: {Fault} {Reason}")]
    static partial void LogFault(ILogger log, LogLevel level, string requestId, Peer peer, Fault fault, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Request {RequestId}: no target of {Upstream} is left to try again")]
    static partial void LogNobodyLeft(ILogger log, string requestId, string upstream);
}

/// <summary>How one try ended.</summary>
readonly record struct Attempt(Fault Fault, string? Reason, bool MayTryAgain, int Status = 0, TimeSpan Connecting = default)
{
    /// <summary>The fault as records show it; null for none.</summary>
    public string? Text => Fault == Fault.None ? null : Fault.ToString();
}
