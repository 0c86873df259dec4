using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Gateway.Tests;

/// <summary>Event loops with a listener on a loopback port, and clients on the runtime's sockets.</summary>
sealed class LoopRig : IAsyncDisposable
{
    /// <summary>Nothing here may take longer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly LoopListenerFactory _factory;
    readonly IConnectionListener _listener;

    LoopRig(EventLoops loops, LoopListenerFactory factory, IConnectionListener listener) => (Loops, _factory, _listener) = (loops, factory, listener);

    public EventLoops Loops { get; }

    public IPEndPoint Address => (IPEndPoint)_listener.EndPoint;

    public static async Task<LoopRig> StartAsync(int loops = 2, TimeProvider? time = null)
    {
        var all = new EventLoops(loops, time ?? TimeProvider.System, NullLogger.Instance);
        var factory = new LoopListenerFactory(all, new ListeningSockets(), new PlainPools(), TimeProvider.System, NullLogger<LoopListenerFactory>.Instance);
        return new LoopRig(all, factory, await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0)));
    }

    /// <summary>A client, and the connection that was accepted for it.</summary>
    public async Task<(Socket Client, LoopConnection Connection)> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(Address);
        return (client, await AcceptAsync());
    }

    public async Task<LoopConnection> AcceptAsync() => (LoopConnection)(await _listener.AcceptAsync().AsTask().WaitAsync(Patience))!;

    public Task StopAcceptingAsync() => _listener.UnbindAsync().AsTask();

    public async Task<ConnectionContext?> AcceptOrEndAsync() => await _listener.AcceptAsync();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await Loops.DisposeAsync();
        _factory.Dispose();
    }

    sealed class PlainPools : IMemoryPoolFactory<byte>
    {
        public System.Buffers.MemoryPool<byte> Create(MemoryPoolOptions? options = null) => System.Buffers.MemoryPool<byte>.Shared;
    }
}

static class SocketReading
{
    /// <summary>Reads to the end of the stream.</summary>
    public static async Task<byte[]> ReadToEndAsync(this Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer).WaitAsync(LoopRig.Patience) is > 0 and var count) all.Write(buffer, 0, count);
        return all.ToArray();
    }

    public static async Task<byte[]> ReadExactlyAsync(this Socket socket, int count)
    {
        var all = new byte[count];
        for (var read = 0; read < count;)
        {
            var received = await socket.ReceiveAsync(all.AsMemory(read)).AsTask().WaitAsync(LoopRig.Patience);
            if (received == 0) throw new EndOfStreamException();
            read += received;
        }
        return all;
    }
}
