using System.Net.Sockets;

namespace Weir.Acceptance;

/// <summary>Tunnels that end in every way: the other side ends too, and nothing is left behind.</summary>
public sealed class TunnelFaultTests
{
    const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    const string Switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    public enum Leaving
    {
        Reset,
        Close,
        ResetWhileMuchIsUnderWay,
    }

    [Theory]
    [InlineData(Leaving.Reset)]
    [InlineData(Leaving.Close)]
    [InlineData(Leaving.ResetWhileMuchIsUnderWay)]
    public async Task Ends_the_upstreams_side_when_the_client_leaves(Leaving how)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(Switched);
            Assert.Equal("ping", await peer.ExpectBytesAsync(4));
            await peer.SendAsync("pong");
            try
            {
                var piece = new byte[65_536];
                while (how == Leaving.ResetWhileMuchIsUnderWay) await peer.SendAsync(piece);
                await peer.ExpectEndAsync();
            }
            catch (SocketException)
            {
                // It was reset: that is an end as well.
            }
            ended.SetResult();
        }, FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync(Upgrade);
        Assert.Equal(101, (await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Status);
        await client.SendAsync("ping");
        Assert.Equal("pong"u8.ToArray(), await client.ReadBytesAsync(4));
        if (how == Leaving.ResetWhileMuchIsUnderWay) await client.ReadBytesAsync(100_000);
        if (how == Leaving.Close) client.Socket.Dispose();
        else client.Reset();
        await ended.Task.WaitAsync(FaultRig.Patience);
        await rig.IsSoundAsync();
    }

    [Fact]
    public async Task Ends_the_clients_side_when_the_upstream_resets()
    {
        await using var rig = await FaultRig.StartAsync(async peer =>
        {
            await peer.ExpectHeadAsync();
            await peer.SendAsync(Switched);
            await peer.ExpectBytesAsync(4);
            peer.Reset();
        }, FaultRig.Sound);
        await using var client = await rig.Gateway.ConnectAsync();
        await client.SendAsync(Upgrade);
        Assert.Equal(101, (await client.ReadAnswerAsync().WaitAsync(FaultRig.Patience))?.Status);
        await client.SendAsync("ping");
        Assert.True(await client.EndsAsync().WaitAsync(FaultRig.Patience));
        await rig.IsSoundAsync();
    }
}
