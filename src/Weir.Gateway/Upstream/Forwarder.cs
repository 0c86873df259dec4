using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
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
    public Http1Connection? TrySend(Passage passage)
    {
        if (passage.Route!.Service is not { IsHttp2: false, Balancer: { IsReady: true } balancer } service) return null;
        if ((passage.Loop is { IsCurrent: false } && !passage.IsStream) || RequestBody.IsTooLarge(passage)) return null;
        Begin(passage, service, balancer);
        var call = passage.Call;
        if (!TryPick(passage, service, balancer, out var connections)) return null;
        var pool = PoolOf(passage, service, balancer, call.Peer!, connections, out var host);
        if (pool.TryRent() is not { } connection) return null;
        SendOn(passage, service, connection, pool, host);
        if (!call.Sending.IsCompletedSuccessfully) return null;
        call.Sent = call.Sending.Result;
        call.Sending = new(call.Sent);
        if (call.Sent is not (Fault.None or Fault.WriteFailed)) return null;
        connection.BeginHead();
        return connection;
    }

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

    public ValueTask<Verdict> HeadEndedAsync(Passage passage, Fault fault)
    {
        if (fault != Fault.None) return TryAgainAsync(passage, fault);
        Ended(passage, passage.Route!.Service!.Balancer!, Attempted(passage, passage.Call.Connection!, fault), out var verdict);
        return new(verdict);
    }

    async ValueTask<Verdict> TryAgainAsync(Passage passage, Fault fault)
    {
        var service = passage.Route!.Service!;
        fault = await PumpFaultAsync(passage, fault);
        return Ended(passage, service.Balancer!, Attempted(passage, passage.Call.Connection!, fault), out var verdict)
            ? verdict
            : await TryAsync(passage, service, service.Balancer!);
    }

    /// <remarks>One method for all the steps of an exchange over HTTP/1.1: each async method under it would cost every request a state machine more.</remarks>
    async ValueTask<Verdict> TryAsync(Passage passage, Service service, Balancer balancer)
    {
        // A plugin that awaited something of its own may have left the loop. Kestrel runs HTTP/2 streams on the pool's threads in any case.
        if (!passage.IsStream && passage.Loop is { IsCurrent: false } loop) await loop.Enter();

        // Step 1
        if (!balancer.IsReady) await balancer.ReadyAsync(passage.ClientGone);

        var call = passage.Call;
        if (call.StartedTicks == 0) Begin(passage, service, balancer);
        while (true)
        {
            // Step 2, unless the try has begun already.
            if (!TryPick(passage, service, balancer, out var connections)) return NobodyLeft(passage, balancer);
            Attempt attempt;
            if (service.IsHttp2)
            {
                attempt = await http2.TryAsync(passage, service, balancer, call.Peer!, connections);
            }
            else
            {
                // Step 3
                Rental rental = default;
                if (call.Connection is null)
                {
                    var pool = PoolOf(passage, service, balancer, call.Peer!, connections, out var host);
                    rental = await pool.RentAsync(service.ConnectTimeout, passage.ClientGone);
                    // Step 4
                    if (rental.Connection is { } rented) SendOn(passage, service, rented, pool, host);
                }
                if (call.Connection is { } connection)
                {
                    var fault = call.Sent = await call.Sending;
                    // Step 5. An upstream may answer and close without taking the whole request: its answer counts, the failed send does not.
                    if (fault is Fault.None or Fault.WriteFailed)
                    {
                        connection.BeginHead();
                        while (!connection.TryReadHead(out fault) && (fault = await connection.ReceiveHeadAsync()) == Fault.None) { }
                    }
                    if (fault != Fault.None) fault = await PumpFaultAsync(passage, fault);
                    attempt = Attempted(passage, connection, fault);
                }
                else
                {
                    attempt = new Attempt(rental.Fault, rental.Reason, MayTryAgain: true);
                }
            }
            if (Ended(passage, balancer, attempt, out var verdict)) return verdict;
        }
    }

    static void Begin(Passage passage, Service service, Balancer balancer)
    {
        var call = passage.Call;
        call.StartedTicks = call.TryStartedTicks = Stopwatch.GetTimestamp();
        call.TriesLeft = service.Config.Retries;
        call.Key = balancer.KeyOf(passage.Exchange, out var setCookie);
        call.SetCookie = setCookie;
    }

    /// <summary>Step 2, where it has not been taken before.</summary>
    bool TryPick(Passage passage, Service service, Balancer balancer, [NotNullWhen(true)] out PeerConnections? connections)
    {
        var call = passage.Call;
        connections = null;
        if (call.Peer is null)
        {
            if (!balancer.TryPick(new PickInput(call.Key, call.Tried), out var picked)) return false;
            call.Peer = picked;
            call.AddTried(picked);
        }
        connections = PeerConnections.Of(call.Peer, transports);
        passage.Exchange.UpstreamOrigin = service.Tls is null ? connections.HttpOrigin : connections.HttpsOrigin;
        return true;
    }

    static void SendOn(Passage passage, Service service, Http1Connection connection, Http1Pool pool, string host)
    {
        var call = passage.Call;
        call.Hold(connection, pool);
        call.Connecting = Stopwatch.GetElapsedTime(call.TryStartedTicks);
        call.Sending = SendAsync(passage, service, connection, host);
    }

    /// <summary>Settles a try. False when there is to be another.</summary>
    bool Ended(Passage passage, Balancer balancer, in Attempt attempt, out Verdict verdict)
    {
        var call = passage.Call;
        var peer = call.Peer!;
        var ended = Stopwatch.GetTimestamp();
        passage.Exchange.UpstreamLatency = Stopwatch.GetElapsedTime(call.StartedTicks, ended);
        passage.Exchange.AddTry(new UpstreamTry(
            peer.Address.Address, peer.Address.Port, passage.TimeOf(call.TryStartedTicks), attempt.Connecting, attempt.Text, attempt.Status));
        var latency = Stopwatch.GetElapsedTime(call.TryStartedTicks, ended);
        call.TryStartedTicks = ended;
        if (attempt.Fault == Fault.None)
        {
            verdict = Answered(passage, balancer, attempt, latency, ended);
            return true;
        }

        // Step 6
        var isLast = call.TriesLeft-- <= 0 || !attempt.MayTryAgain;
        LetGo(passage, balancer, attempt, latency, isLast);
        verdict = isLast ? Fail(passage, FaultAnswers.Of(attempt.Fault)) : Verdict.Continue;
        return isLast;
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

    static Attempt Attempted(Passage passage, Http1Connection connection, Fault fault)
    {
        var connecting = passage.Call.Connecting;
        if (fault != Fault.None) return new Attempt(fault, connection.Reason, MayTryAgain(passage, connection, fault), 0, connecting);
        var response = passage.Http.Response;
        response.StatusCode = connection.Response.Status;
        connection.Response.CopyHeadersTo(response.Headers);
        return new Attempt(Fault.None, null, false, connection.Response.Status, connecting);
    }

    /// <summary>Step 7.</summary>
    static Verdict Answered(Passage passage, Balancer balancer, in Attempt attempt, TimeSpan latency, long answeredTicks)
    {
        if (passage.Call.SetCookie is { } setCookie) passage.Http.Response.Headers.Append("Set-Cookie", setCookie);
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
        // What kept the request from being sent is the cause of whatever followed.
        if (call.Sent != Fault.None) fault = call.Sent;
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

    public ValueTask FinishAsync(Passage passage)
    {
        var call = passage.Call;
        call.Http2Answer?.Dispose();
        if (call.BodyPump is not null) return EndPumpAsync(passage);
        Release(passage);
        return default;
    }

    /// <summary>The answer is complete and the client is still sending: nobody wants the rest.</summary>
    static async ValueTask EndPumpAsync(Passage passage)
    {
        await PumpFaultAsync(passage, Fault.None);
        Release(passage);
    }

    static void Release(Passage passage)
    {
        passage.Call.LetGo();
        if (passage.Call.Peer is { } peer) passage.Route!.Service!.Balancer!.Release(peer);
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
