using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Weir.Gateway;

/// <summary>
/// One address, listened to by every loop with a socket of its own: the kernel spreads connections over them. A loop with many more connections than
/// another gives new ones away.
/// </summary>
sealed class LoopListener : IConnectionListener
{
    readonly Acceptor[] _acceptors;
    readonly Channel<ConnectionContext> _accepted;

    public LoopListener(IPEndPoint endpoint, Acceptor[] acceptors, Channel<ConnectionContext> accepted)
    {
        EndPoint = endpoint;
        _acceptors = acceptors;
        _accepted = accepted;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _accepted.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>Stops accepting. Connections that were established before are still handed out.</summary>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        foreach (var acceptor in _acceptors) await acceptor.CloseAsync(takesRest: true);
        _accepted.Writer.TryComplete();
    }

    /// <summary>Stops accepting. Connections that were established before are left to the process that listens on the same sockets.</summary>
    public async ValueTask ReleaseAsync()
    {
        foreach (var acceptor in _acceptors) await acceptor.CloseAsync(takesRest: false);
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_accepted.Reader.TryRead(out var left)) await left.DisposeAsync();
    }
}
