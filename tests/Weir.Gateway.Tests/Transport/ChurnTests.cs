using System.Net.Sockets;

namespace Weir.Gateway.Tests;

[Collection(nameof(Alone))]
public sealed class ChurnTests
{
    [Fact]
    public async Task A_thousand_connections_that_end_in_every_way_leave_no_descriptor()
    {
        // The runtime opens some of its own at the first use of its sockets.
        await ChurnAsync(rounds: 1);
        var before = Descriptors();
        await ChurnAsync(rounds: 50);
        // A finished close of the runtime's own sockets may take a moment.
        for (var i = 0; i < 100 && Descriptors() > before; i++) await Task.Delay(20);
        Assert.InRange(Descriptors(), 0, before);
    }

    static async Task ChurnAsync(int rounds)
    {
        await using (var rig = await LoopRig.StartAsync())
        {
            for (var round = 0; round < rounds; round++)
            {
                var ending = new List<Task>();
                for (var i = 0; i < 20; i++)
                {
                    var (client, connection) = await rig.ConnectAsync();
                    ending.Add(EndAsync(client, connection, way: i % 5));
                }
                await Task.WhenAll(ending);
            }
            foreach (var loop in rig.Loops.All) Assert.Equal(0, loop.Counters.Connections);
        }
    }

    static async Task EndAsync(Socket client, LoopConnection connection, int way)
    {
        var serving = LoopConnectionTests.EchoAsync(connection);
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal(1, await client.ReceiveAsync(new byte[1]));
        if (way == 0) client.Shutdown(SocketShutdown.Send);
        if (way == 1) LoopConnectionTests.Reset(client);
        if (way == 2) connection.Abort();
        if (way == 3) connection.Input.CancelPendingRead();
        client.Dispose();
        try
        {
            await serving.WaitAsync(LoopRig.Patience);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            await connection.DisposeAsync();
        }
    }

    static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
