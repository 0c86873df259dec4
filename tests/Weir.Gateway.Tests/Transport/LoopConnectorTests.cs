using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Weir.Gateway.Tests;

public sealed class LoopConnectorTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sends_and_receives_on_the_loop_and_elsewhere(bool onLoop)
    {
        await using var rig = await UpstreamRig.StartAsync();
        if (onLoop) await rig.Loops.All[1].Enter();
        var transport = await rig.ConnectAsync();
        if (onLoop) Assert.Same(rig.Loops.All[1], transport.Loop);
        else await Task.Yield();
        var sent = LoopConnectionTests.Bytes(4 * 1024 * 1024);
        var echo = Task.Run(() => rig.EchoAsync(sent.Length));
        var received = new byte[sent.Length];
        var receiving = ReceiveAsync(transport, received);
        await transport.SendAsync(sent);
        await receiving.WaitAsync(LoopRig.Patience);
        Assert.Equal(sent, received);
        await echo;
        transport.Abort();
    }

    [Fact]
    public async Task Tells_who_refuses()
    {
        await using var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var result = await new LoopConnector(loops).ConnectAsync(new((IPEndPoint)bound.LocalEndPoint!), default);
        Assert.Equal((Fault.ConnectRefused, "Connection refused"), (result.Fault, result.Reason));
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("fe80::1")]
    public async Task Tells_that_an_address_cannot_be_reached(string address)
    {
        await using var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
        var result = await new LoopConnector(loops).ConnectAsync(new(new IPEndPoint(IPAddress.Parse(address), 80)), default);
        Assert.Equal((null, Fault.ConnectFailed), (result.Transport, result.Fault));
        Assert.NotEmpty(result.Reason!);
    }

    [Fact]
    public async Task Tells_that_its_loops_have_ended()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
        await loops.DisposeAsync();
        var result = await new LoopConnector(loops).ConnectAsync(new((IPEndPoint)listener.LocalEndPoint!), default);
        Assert.Equal((null, Fault.ConnectFailed, "The event loop has ended."), (result.Transport, result.Fault, result.Reason));
        // The connection that the kernel made meanwhile is closed.
        using var peer = await listener.AcceptAsync();
        Assert.Empty(await peer.ReadToEndAsync());
    }

    [Fact]
    public async Task Gives_up_when_told_to()
    {
        await using var loops = new EventLoops(1, TimeProvider.System, NullLogger.Instance);
        // A listener whose queue is full answers nobody.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var address = (IPEndPoint)listener.LocalEndPoint!;
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(address);
        using var stop = new CancellationTokenSource();
        var connecting = new LoopConnector(loops).ConnectAsync(new(address), stop.Token).AsTask();
        await Task.Yield();
        Assert.False(connecting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(LoopRig.Patience));
    }

    [Fact]
    public async Task Is_quiet_until_something_comes()
    {
        await using var rig = await UpstreamRig.StartAsync();
        var transport = await rig.ConnectAsync();
        await transport.Loop!.Enter();
        Assert.True(transport.IsQuiet());
        await rig.Peer.SendAsync("x"u8.ToArray());
        await UntilAsync(() => !transport.IsQuiet(), transport.Loop);
        Assert.Equal(1, await transport.ReceiveAsync(new byte[1]));
        // That took all that was asked for, and all there was.
        await transport.Loop.Enter();
        Assert.True(transport.IsQuiet());
        rig.Peer.Shutdown(SocketShutdown.Send);
        await UntilAsync(() => !transport.IsQuiet(), transport.Loop);
        Assert.Equal(0, await transport.ReceiveAsync(new byte[1]));
        transport.Abort();
    }

    [Fact]
    public async Task Knows_elsewhere_whether_it_is_quiet()
    {
        await using var rig = await UpstreamRig.StartAsync();
        var transport = await rig.ConnectAsync();
        await Task.Yield();
        Assert.Null(EventLoop.Current);
        Assert.True(transport.IsQuiet());
        await rig.Peer.SendAsync("x"u8.ToArray());
        await UntilAsync(() => !transport.IsQuiet());
        // That takes all that is asked for and all there is, and leaves open whether there is more.
        Assert.Equal(1, await transport.ReceiveAsync(new byte[1]));
        await Task.Yield();
        Assert.True(transport.IsQuiet());
        rig.Peer.Shutdown(SocketShutdown.Send);
        await UntilAsync(() => !transport.IsQuiet());
        transport.Abort();
        Assert.False(transport.IsQuiet());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fails_what_is_under_way_when_aborted(bool onLoop)
    {
        await using var rig = await UpstreamRig.StartAsync();
        if (onLoop) await rig.Loops.All[0].Enter();
        var transport = await rig.ConnectAsync();
        var receive = transport.ReceiveAsync(new byte[1]).AsTask();
        var send = transport.SendAsync(new byte[64 * 1024 * 1024]).AsTask();
        transport.Abort();
        transport.Abort();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => receive.WaitAsync(LoopRig.Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => send.WaitAsync(LoopRig.Patience));
        Assert.False(transport.IsQuiet());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await transport.ReceiveAsync(new byte[1]));
        await Assert.ThrowsAnyAsync<Exception>(async () => await transport.SendAsync(new byte[1]));
    }

    [Fact]
    public async Task Fails_a_receive_when_the_upstream_resets()
    {
        await using var rig = await UpstreamRig.StartAsync();
        var transport = await rig.ConnectAsync();
        var receive = transport.ReceiveAsync(new byte[1]).AsTask();
        LoopConnectionTests.Reset(rig.Peer);
        await Assert.ThrowsAsync<IOException>(() => receive.WaitAsync(LoopRig.Patience));
        transport.Abort();
    }

    [Fact]
    public async Task Ends_its_own_side_and_receives_on()
    {
        await using var rig = await UpstreamRig.StartAsync();
        var transport = await rig.ConnectAsync();
        await transport.ShutdownSendAsync();
        Assert.Empty(await rig.Peer.ReadToEndAsync());
        await rig.Peer.SendAsync("late"u8.ToArray());
        var received = new byte[4];
        await ReceiveAsync(transport, received);
        Assert.Equal("late"u8.ToArray(), received);
        transport.Abort();
    }

    static async Task ReceiveAsync(IUpstreamTransport transport, byte[] into)
    {
        for (var count = 0; count < into.Length;)
        {
            var received = await transport.ReceiveAsync(into.AsMemory(count));
            Assert.NotEqual(0, received);
            count += received;
        }
    }

    static async Task UntilAsync(Func<bool> condition, EventLoop? loop = null)
    {
        for (var i = 0; i < 1000; i++)
        {
            await Task.Delay(1);
            if (loop is not null) await loop.Enter();
            if (condition()) return;
        }
        Assert.Fail("It did not happen.");
    }

    /// <summary>An upstream on the runtime's sockets with one connection.</summary>
    sealed class UpstreamRig : IAsyncDisposable
    {
        readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public EventLoops Loops { get; } = new(2, TimeProvider.System, NullLogger.Instance);

        public Socket Peer { get; private set; } = null!;

        public static Task<UpstreamRig> StartAsync()
        {
            var rig = new UpstreamRig();
            rig._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            rig._listener.Listen();
            return Task.FromResult(rig);
        }

        public async Task<IUpstreamTransport> ConnectAsync()
        {
            var accepting = _listener.AcceptAsync();
            var result = await new LoopConnector(Loops).ConnectAsync(new((IPEndPoint)_listener.LocalEndPoint!), default);
            var loop = EventLoop.Current;
            Peer = await accepting;
            if (loop is not null) await loop.Enter();
            return result.Transport!;
        }

        public async Task EchoAsync(int count)
        {
            var buffer = new byte[64 * 1024];
            while (count > 0)
            {
                var received = await Peer.ReceiveAsync(buffer);
                count -= received;
                for (var sent = 0; sent < received;) sent += await Peer.SendAsync(buffer.AsMemory(sent, received - sent));
            }
        }

        public async ValueTask DisposeAsync()
        {
            Peer?.Dispose();
            _listener.Dispose();
            await Loops.DisposeAsync();
        }
    }
}
