using System.Net;
using System.Threading.Tasks.Sources;

namespace Weir.Gateway;

/// <summary>Connects on the caller's loop, and with TLS over that where the endpoint asks for it.</summary>
sealed class LoopConnector(EventLoops loops) : IConnector
{
    public int LoopCount => loops.All.Count;

    public async ValueTask<ConnectResult> ConnectAsync(UpstreamEndpoint endpoint, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var loop = loops.Nearest();
        await loop.Enter();
        var socket = Begin(endpoint.Address, loop, out var error);
        if (socket is null) return new(null, Fault.ConnectFailed, Libc.Text(error));
        var transport = new LoopTransport(socket);
        try
        {
            if (error == Libc.InProgress) error = await new Establishing(socket).WaitAsync(stop);
            if (error == 0) socket.Open(transport);
        }
        catch (IOException unwatched)
        {
            socket.Close();
            return new(null, Fault.ConnectFailed, unwatched.Message);
        }
        if (error != 0)
        {
            socket.Close();
            stop.ThrowIfCancellationRequested();
            return new(null, FaultOf(error), Libc.Text(error));
        }
        if (endpoint.Tls is null) return new(transport);
        return await TlsHandshake.SecureAsync(new TransportStream(transport), transport, endpoint.Address, endpoint.Tls, stop);
    }

    static unsafe LoopSocket? Begin(IPEndPoint address, EventLoop loop, out int error)
    {
        var family = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? Libc.Ipv4 : Libc.Ipv6;
        var descriptor = Libc.Socket(family, Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        error = descriptor < 0 ? Libc.LastError : 0;
        if (descriptor < 0) return null;
        Libc.SetOption(descriptor, Libc.TcpLevel, Libc.NoDelay, 1);
        var name = stackalloc byte[SocketName.BytesMax];
        var length = SocketName.Write(address, new(name, SocketName.BytesMax));
        if (Libc.Connect(descriptor, name, length) < 0) error = Libc.LastError;
        return new(descriptor, loop);
    }

    static Fault FaultOf(int error) => error switch
    {
        Libc.ConnectionRefused => Fault.ConnectRefused,
        Libc.TimedOut => Fault.ConnectTimeout,
        _ => Fault.ConnectFailed,
    };

    /// <summary>The wait until a connection is there, or failed.</summary>
    sealed class Establishing(LoopSocket socket) : ISocketOwner, IValueTaskSource<int>
    {
        LoopWait _wait;
        int _error;

        /// <summary>0, or why there is no connection.</summary>
        public async ValueTask<int> WaitAsync(CancellationToken stop)
        {
            _wait.Begin();
            socket.Watch(this);
            using var registration = stop.UnsafeRegister(static state =>
            {
                var self = (Establishing)state!;
                self.Loop.Post(static posted => ((Establishing)posted!).End(Libc.Canceled), self);
            }, this);
            return await new ValueTask<int>(this, _wait.Version);
        }

        EventLoop Loop => socket.Loop;

        void ISocketOwner.OnReadable() { }

        void ISocketOwner.OnWritable() => End(socket.PendingError());

        void ISocketOwner.OnPeerEnded(bool broken) { }

        int IValueTaskSource<int>.GetResult(short token)
        {
            _wait.End(token);
            return _error;
        }

        ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _wait.Status(token);

        void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _wait.OnCompleted(Loop, continuation, state, token, flags);

        void End(int error)
        {
            if (!_wait.IsPending) return;
            _error = error;
            _wait.Complete();
        }
    }
}
