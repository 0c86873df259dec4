using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Gateway.Tests;

/// <summary>A writer on a loop of its own, and the socket that gets its bytes. The kernel holds few of them, so that a reader who waits is soon felt.</summary>
sealed class WriterRig : IAsyncDisposable, ISocketOwner
{
    const int SendBuffer = 7;
    const int KernelBytes = 16 * 1024;

    readonly EventLoops _loops = new(1, TimeProvider.System, NullLogger.Instance);
    readonly LoopSocket _socket;

    WriterRig()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = KernelBytes };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _socket = new(Connect((IPEndPoint)listener.LocalEndPoint!), Loop);
        Peer = listener.Accept();
        Writer = new(_socket);
    }

    public EventLoop Loop => _loops.All[0];

    public LoopWriter Writer { get; }

    public Socket Peer { get; }

    public static async Task<WriterRig> StartAsync()
    {
        var rig = new WriterRig();
        await rig.Loop.Enter();
        rig._socket.Open(rig);
        return rig;
    }

    /// <summary>What the connection does when it breaks.</summary>
    public async Task FailAsync()
    {
        await Loop.Enter();
        Writer.Fail();
    }

    void ISocketOwner.OnReadable() { }

    void ISocketOwner.OnWritable() => Writer.OnWritable();

    void ISocketOwner.OnPeerEnded(bool broken)
    {
        if (broken) Writer.Fail();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        Peer.Dispose();
        await _loops.DisposeAsync();
    }

    static unsafe int Connect(IPEndPoint to)
    {
        var descriptor = Libc.Socket(Libc.Ipv4, Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        Libc.SetOption(descriptor, Libc.SocketLevel, SendBuffer, KernelBytes);
        var name = stackalloc byte[SocketName.BytesMax];
        // Over loopback the connection is established before the other side can accept it.
        _ = Libc.Connect(descriptor, name, SocketName.Write(to, new(name, SocketName.BytesMax)));
        return descriptor;
    }
}
