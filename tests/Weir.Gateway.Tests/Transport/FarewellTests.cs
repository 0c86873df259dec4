using System.Net.Sockets;

namespace Weir.Gateway.Tests;

/// <summary>Connections that have sent their last byte, and clients that do not end theirs.</summary>
public sealed class FarewellTests
{
    readonly ManualTime _time = new();

    [Fact]
    public async Task Wait_for_the_client_so_long_and_no_longer()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1, _time);
        using var client = await LeaveAsync(rig);
        await PassAsync(rig, Farewells.Patience - TimeSpan.FromMilliseconds(1));
        Assert.True(await IsHeardAsync(client));
        await PassAsync(rig, TimeSpan.FromMilliseconds(1));
        Assert.False(await IsHeardAsync(client));
    }

    [Fact]
    public async Task Wait_each_its_own_time()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1, _time);
        using var first = await LeaveAsync(rig);
        await PassAsync(rig, Farewells.Patience / 2);
        using var second = await LeaveAsync(rig);
        await PassAsync(rig, Farewells.Patience / 2);
        Assert.False(await IsHeardAsync(first));
        Assert.True(await IsHeardAsync(second));
        await PassAsync(rig, Farewells.Patience / 2);
        Assert.False(await IsHeardAsync(second));
    }

    [Fact]
    public async Task Cut_the_one_that_has_waited_longest_when_too_many_wait()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1, _time);
        var clients = new List<Socket>();
        for (var i = 0; i < Farewells.WaitingMax; i++) clients.Add(await LeaveAsync(rig));
        Assert.Equal(0, rig.Loops.All[0].Counters.FarewellsCut);
        clients.Add(await LeaveAsync(rig));
        Assert.Equal(1, rig.Loops.All[0].Counters.FarewellsCut);
        Assert.False(await IsHeardAsync(clients[0]));
        Assert.True(await IsHeardAsync(clients[1]));
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task Do_not_count_clients_that_have_ended()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1, _time);
        using var patient = await LeaveAsync(rig);
        for (var i = 0; i < Farewells.WaitingMax + 100; i++)
        {
            var client = await LeaveAsync(rig);
            if (i % 2 == 0) client.Dispose();
            else LoopConnectionTests.Reset(client);
        }
        Assert.Equal(0, rig.Loops.All[0].Counters.FarewellsCut);
        Assert.True(await IsHeardAsync(patient));
    }

    [Fact]
    public async Task Take_only_so_much_from_a_client_that_goes_on_sending()
    {
        await using var rig = await LoopRig.StartAsync(loops: 1, _time);
        using var client = await LeaveAsync(rig);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            for (var sent = 0; sent < 64 * 1024 * 1024;) sent += await client.SendAsync(new byte[64 * 1024]).WaitAsync(LoopRig.Patience);
        });
    }

    /// <summary>A client that has read the end of its connection, and has not ended its own side.</summary>
    static async Task<Socket> LeaveAsync(LoopRig rig)
    {
        var (client, connection) = await rig.ConnectAsync();
        await connection.DisposeAsync();
        Assert.Empty(await client.ReadToEndAsync());
        await SettleAsync(rig);
        return client;
    }

    async Task PassAsync(LoopRig rig, TimeSpan by)
    {
        _time.Advance(by);
        await SettleAsync(rig);
    }

    /// <summary>What the loop was told before is done.</summary>
    static async Task SettleAsync(LoopRig rig)
    {
        await rig.Loops.All[0].Enter();
        await Task.Yield();
    }

    /// <summary>Whether the other side still takes what is sent: where it is closed, the first byte is answered with a reset, over loopback at once.</summary>
    static async Task<bool> IsHeardAsync(Socket client)
    {
        try
        {
            await client.SendAsync(new byte[1]);
            await client.SendAsync(new byte[1]);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
