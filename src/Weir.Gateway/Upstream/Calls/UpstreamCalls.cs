using System.Collections.Concurrent;
using System.Diagnostics;

namespace Weir.Gateway;

/// <summary>Makes calls to servers that no service names: one connection is rented per call, nothing is tried twice.</summary>
sealed class UpstreamCalls(Transports transports, BalancingContext balancing, UpstreamTls tls) : IUpstreams, IDisposable
{
    /// <summary>Most servers remembered at a time; addresses may be made from requests.</summary>
    public const int ServersMax = 1024;

    readonly ConcurrentDictionary<(string Host, int Port), Server> _servers = new();

    public ValueTask<UpstreamReply> SendAsync(UpstreamMessage message)
    {
        var server = ServerOf(message.To);
        return SendAsync(message, server, message.Exchange?.Owner as Passage);
    }

    public void Dispose()
    {
        foreach (var (key, _) in _servers)
            if (_servers.TryRemove(key, out var server)) server.State.Dispose();
    }

    /// <remarks>One method for all the steps: each async method under it would cost every call a state machine more.</remarks>
    async ValueTask<UpstreamReply> SendAsync(UpstreamMessage message, Server server, Passage? passage)
    {
        var started = Stopwatch.GetTimestamp();
        // A plugin that awaited something of its own may have left the loop.
        if (passage is { IsStream: false, Loop: { IsCurrent: false } loop }) await loop.Enter();
        var balancer = server.Balancer;
        var stop = passage is null || message.OutlivesClient ? message.Stop : passage.ClientGone;
        try
        {
            if (!balancer.IsReady) await balancer.ReadyAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return new Http1Reply(Fault.Aborted, "given up while the name was being resolved");
        }
        if (!balancer.TryPick(new PickInput(null, []), out var peer)) return new Http1Reply(Fault.ConnectFailed, $"{message.To.Host}: {balancer.Fault}");

        var connections = PeerConnections.Of(peer, transports);
        var pool = connections.Pool(message.To.IsTls ? tls with { ServerName = message.To.Host.Trim('[', ']'), Verify = message.To.Verify } : null);
        var rental = await pool.RentAsync(TimeSpan.FromMilliseconds(message.ConnectTimeoutMs), stop);
        var connecting = Stopwatch.GetElapsedTime(started);
        Http1Reply reply;
        if (rental.Connection is { } connection)
        {
            reply = new Http1Reply(connection, pool, balancer, peer, message.OutlivesClient ? null : passage, message.Stop);
            var sent = await BeginSend(message, connection);
            var fault = sent;
            // A server may answer and close without taking the whole request: its answer counts, the failed send does not.
            if (sent is Fault.None or Fault.WriteFailed)
            {
                connection.BeginHead();
                while (!connection.TryReadHead(out fault) && (fault = await connection.ReceiveHeadAsync()) == Fault.None) { }
                if (fault != Fault.None && sent != Fault.None) fault = sent;
            }
            reply.Fault = fault;
        }
        else
        {
            reply = new Http1Reply(rental.Fault, rental.Reason);
            balancer.Release(peer);
        }
        if (passage is not null) Record(passage, message, peer, reply, started, connecting);
        return reply;
    }

    /// <summary>Sends head and body.</summary>
    static ValueTask<Fault> BeginSend(UpstreamMessage message, Http1Connection connection)
    {
        var head = connection.BeginRequest(message.Method, message.Path, message.Query, new UpstreamTimeouts(message.WriteTimeoutMs, message.ReadTimeoutMs));
        head.Header(OwnHeader.Host.NameColon, message.To.Authority);
        foreach (var (name, value) in message.Headers) head.Header(name, value);
        if (message.AsksWebSocket) head.Upgrade("websocket");
        if (!message.Body.IsEmpty || message.Method is "POST" or "PUT" or "PATCH") head.ContentLength(message.Body.Length);
        head.End();
        return connection.SendAsync(message.Body, last: true);
    }

    static void Record(Passage passage, UpstreamMessage message, Peer peer, Http1Reply reply, long started, TimeSpan connecting)
    {
        var ended = Stopwatch.GetTimestamp();
        var exchange = passage.Exchange;
        exchange.UpstreamLatency = (exchange.UpstreamLatency ?? default) + Stopwatch.GetElapsedTime(started, ended);
        exchange.UpstreamStatus = reply.Status;
        passage.AnsweredTicks = ended;
        var fault = reply.Fault == Fault.None ? null : reply.Fault.ToString();
        exchange.AddTry(new UpstreamTry(peer.Address.Address, peer.Address.Port, passage.TimeOf(started), connecting, fault, reply.Status));
        exchange.UpstreamOrigin = message.To.IsTls ? "https://" + message.To.Authority : "http://" + message.To.Authority;
        exchange.Upstream.Path = message.Path;
        exchange.Upstream.Query = message.Query;
    }

    Server ServerOf(UpstreamAddress address)
    {
        if (_servers.TryGetValue((address.Host, address.Port), out var known)) return known;
        if (_servers.Count >= ServersMax) DropOne();
        var made = _servers.GetOrAdd((address.Host, address.Port), static (key, balancing) => Server.Of(key.Host, key.Port, balancing), balancing);
        return made;
    }

    void DropOne()
    {
        foreach (var (key, _) in _servers)
        {
            if (_servers.TryRemove(key, out var gone)) gone.State.Dispose();
            return;
        }
    }

    sealed record Server(UpstreamState State, Balancer Balancer)
    {
        public static Server Of(string host, int port, BalancingContext context)
        {
            var state = new UpstreamState(context);
            var balancer = state.UpdateHost(host, port);
            balancer.Activate();
            return new Server(state, balancer);
        }
    }
}
