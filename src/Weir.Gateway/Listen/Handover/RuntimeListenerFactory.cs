using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Weir.Gateway;

/// <summary>Lets the runtime's sockets listen where a process before may have listened, and hand over in turn.</summary>
sealed class RuntimeListenerFactory(ListeningSockets listening, SocketTransportFactory transport)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var sockets = listening.Listen((IPEndPoint)endpoint, count: 1, out var bound);
        if (sockets.Length > 1)
        {
            throw new IOException($"the process before listens to {bound} with {sockets.Length} sockets, for event loops: it can be followed by one with "
                + "the same transport; stop it first to change that");
        }
        var inner = await transport.BindAsync(new FileHandleEndPoint((ulong)sockets[0], FileHandleType.Tcp), cancellationToken);
        var listener = new RuntimeListener(inner, listening, sockets[0]);
        listening.Add(new OpenListener(endpoint.ToString()!, sockets, () => listener.UnbindAsync(CancellationToken.None)));
        return listener;
    }

    /// <summary>The runtime stops to use a socket that was given to it, and leaves it open.</summary>
    sealed class RuntimeListener(IConnectionListener inner, ListeningSockets listening, int descriptor) : IConnectionListener
    {
        int _closed;

        public EndPoint EndPoint => inner.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => inner.AcceptAsync(cancellationToken);

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await inner.UnbindAsync(cancellationToken);
            if (Interlocked.Exchange(ref _closed, 1) != 0) return;
            listening.Remove(descriptor);
            _ = Libc.Close(descriptor);
        }

        public async ValueTask DisposeAsync()
        {
            await UnbindAsync();
            await inner.DisposeAsync();
        }
    }
}
