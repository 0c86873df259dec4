using System.Buffers;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>Lets Kestrel listen on the event loops. What is no TCP address is left to Kestrel's own transport.</summary>
sealed class LoopListenerFactory(
    EventLoops loops, ListeningSockets listening, IMemoryPoolFactory<byte> memory, TimeProvider time, ILogger<LoopListenerFactory> log)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    readonly MemoryPool<byte>[] _memory = [.. loops.All.Select(_ => memory.Create())];

    /// <summary>Brings a connection from the pool's thread, on which Kestrel starts it, to its loop.</summary>
    public static void EnterLoop(ListenOptions listen) => listen.Use(static next => async connection =>
    {
        if (connection is LoopConnection own) await own.Loop.Enter();
        await next(connection);
    });

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var sockets = listening.Listen((IPEndPoint)endpoint, loops.All.Count, out var bound);
        var accepted = Channel.CreateUnbounded<ConnectionContext>(new() { SingleReader = true });
        var local = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any) ? null : bound;
        var acceptors = new Acceptor[sockets.Length];
        for (var i = 0; i < sockets.Length; i++)
        {
            // A process before may have had more loops than this one.
            acceptors[i] = new(sockets[i], new(loops.All[i % loops.All.Count], loops, local, _memory, accepted.Writer, time, log));
            acceptors[i].Open();
        }
        var listener = new LoopListener(bound, acceptors, accepted);
        listening.Add(new OpenListener(endpoint.ToString()!, sockets, listener.ReleaseAsync));
        return new(listener);
    }

    public void Dispose()
    {
        foreach (var pool in _memory) pool.Dispose();
    }
}
