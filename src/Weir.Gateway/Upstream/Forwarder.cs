using System.Diagnostics;
using System.IO.Pipelines;
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

    /// <remarks>One method for all the steps of an exchange over HTTP/1.1: each async method under it would cost every request a state machine more.</remarks>
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
            if (!balancer.TryPick(new PickInput(key, call.Tried), out var peer)) return NobodyLeft(passage, balancer);
            call.Peer = peer;
            call.AddTried(peer);

            // Step 3
            var connections = PeerConnections.Of(peer, transports);
            passage.Exchange.UpstreamOrigin = service.Tls is null ? connections.HttpOrigin : connections.HttpsOrigin;
            Attempt attempt;
            if (service.IsHttp2)
            {
                attempt = await http2.TryAsync(passage, service, balancer, peer, connections);
            }
            else
            {
                var pool = PoolOf(passage, service, balancer, peer, connections, out var host);
                var rental = await pool.RentAsync(service.ConnectTimeout, passage.ClientGone);
                if (rental.Connection is { } connection)
                {
                    call.Hold(connection, pool);
                    var connecting = Stopwatch.GetElapsedTime(tryStarted);
                    // Step 4
                    var sent = await SendAsync(passage, service, connection, host);
                    var fault = sent;
                    // Step 5. An upstream may answer and close without taking the whole request: its answer counts, the failed send does not.
                    if (sent is Fault.None or Fault.WriteFailed)
                    {
                        connection.BeginHead();
                        while (!connection.TryReadHead(out fault) && (fault = await connection.ReceiveHeadAsync()) == Fault.None) { }
                    }
                    if (fault != Fault.None) fault = await PumpFaultAsync(passage, sent == Fault.None ? fault : sent);
                    attempt = Attempted(passage, connection, fault, connecting);
                }
                else
                {
                    attempt = new Attempt(rental.Fault, rental.Reason, MayTryAgain: true);
                }
            }
            var ended = Stopwatch.GetTimestamp();
            passage.Exchange.UpstreamLatency = Stopwatch.GetElapsedTime(started, ended);
            passage.Exchange.AddTry(new UpstreamTry(
                peer.Address.Address, peer.Address.Port, passage.TimeOf(tryStarted), attempt.Connecting, attempt.Text, attempt.Status));
            var latency = Stopwatch.GetElapsedTime(tryStarted, ended);
            tryStarted = ended;
            if (attempt.Fault == Fault.None) return Answered(passage, balancer, attempt, latency, ended, setCookie);

            // Step 6
            var isLast = triesLeft <= 0 || !attempt.MayTryAgain;
            LetGo(passage, balancer, attempt, latency, isLast);
            if (isLast) return Fail(passage, FaultAnswers.Of(attempt.Fault));
        }
    }

    Verdict NobodyLeft(Passage passage, Balancer balancer)
    {
        if (!passage.Call.Tried.IsEmpty) LogNobodyLeft(log, passage.Exchange.RequestId, balancer.Upstream.Name);
        return Fail(passage, Answer.Error(503, balancer.Fault));
    }

    static Http1Pool PoolOf(Passage passage, Service service, Balancer balancer, Peer peer, PeerConnections connections, out string host)
    {
        host = UpstreamHost.Of(passage, balancer, peer, service.Tls is null ? connections.HttpHost : connections.HttpsHost);
        return connections.Pool(service.Tls is null ? null : UpstreamHost.WithServerName(service.Tls, host));
    }

    /// <summary>Sends the head and a body that is at hand. One that is still coming is pumped beside what follows.</summary>
    static ValueTask<Fault> SendAsync(Passage passage, Service service, Http1Connection connection, string host)
    {
        var upstream = passage.Exchange.Upstream;
        var head = connection.BeginRequest(upstream.Method, upstream.Path, upstream.Query, service.Timeouts);
        RequestHeadComposer.Write(passage, new Http1Head(head), host);
        if (RequestHeadComposer.AsksWebSocket(passage.Http.Request.Headers)) head.Upgrade("websocket");
        var source = RequestBody.Source(passage);
        RequestBody.Frame(passage, source, head);
        passage.Exchange.RequestBytes = head.Count;
        // A head that cannot be sent is refused by the send, before a byte of the body is taken.
        if (head.Problem is not null || source is not (BodySource.Stream or BodySource.StreamChunked)) return SendWholeAsync(passage, connection, source);
        Pump(passage, connection, source);
        return new(Fault.None);
    }

    static Attempt Attempted(Passage passage, Http1Connection connection, Fault fault, TimeSpan connecting)
    {
        if (fault != Fault.None) return new Attempt(fault, connection.Reason, MayTryAgain(passage, connection, fault), 0, connecting);
        var response = passage.Http.Response;
        response.StatusCode = connection.Response.Status;
        connection.Response.CopyHeadersTo(response.Headers);
        return new Attempt(Fault.None, null, false, connection.Response.Status, connecting);
    }

    /// <summary>Step 7.</summary>
    static Verdict Answered(Passage passage, Balancer balancer, in Attempt attempt, TimeSpan latency, long answeredTicks, string? setCookie)
    {
        if (setCookie is not null) passage.Http.Response.Headers.Append("Set-Cookie", setCookie);
        balancer.Report(passage.Call.Peer!, Outcome.Answered(attempt.Status), latency);
        passage.Exchange.UpstreamStatus = attempt.Status;
        passage.Exchange.Source = AnswerSource.Upstream;
        passage.AnsweredTicks = answeredTicks;
        return Verdict.Continue;
    }

    /// <summary>Tells of a try that failed, and gives back what it held.</summary>
    void LetGo(Passage passage, Balancer balancer, in Attempt attempt, TimeSpan latency, bool isLast)
    {
        var call = passage.Call;
        var peer = call.Peer!;
        if (FaultAnswers.HealthOf(attempt.Fault) is { } outcome) balancer.Report(peer, outcome, latency);
        // Tries that are made good stand in the access log; one line for each would flood this log when a target fails.
        LogFault(log, isLast ? LevelOf(attempt.Fault) : LogLevel.Debug, passage.Exchange.RequestId, peer, attempt.Fault, attempt.Reason ?? "");
        call.LetGo();
        balancer.Release(peer);
        call.Peer = null;
        if (call.ClientGone) throw new OperationCanceledException();
    }

    static ValueTask<Fault> SendWholeAsync(Passage passage, Http1Connection connection, BodySource source)
    {
        var body = source == BodySource.Memory ? RequestBody.InMemory(passage.Exchange) : default;
        passage.Exchange.RequestBytes += body.Length;
        return connection.SendAsync(body, last: true);
    }

    static void Pump(Passage passage, Http1Connection connection, BodySource source)
    {
        passage.Call.BodyPump = GuardAsync(RequestBody.PumpAsync(passage, connection, source), connection);

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
            CancelRead(passage.Http.Request.BodyReader);
        }
        var pumped = await pump;
        call.BodyPump = null;
        return pumped is Fault.RequestInvalid or Fault.RequestTooLarge or Fault.RequestTooSlow or Fault.WriteTimeout ? pumped : fault;
    }

    static void CancelRead(PipeReader body)
    {
        try
        {
            body.CancelPendingRead();
        }
        catch (Exception e) when (BodyFault.Of(e) != Fault.None)
        {
            // Kestrel has ended the body meanwhile and throws why, to everybody who touches it: the pump is told, too.
        }
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
