using System.Net.Sockets;

namespace Weir.Acceptance;

/// <summary>Thousands of clients that come, leave in every way, and are forgotten.</summary>
[Collection(nameof(Alone))]
public sealed class GatewayChurnTests
{
    const int Connections = 5000;
    const int AtOnce = 50;

    /// <summary>Pools may keep some; a block of 16 KiB for each connection would be four times as much.</summary>
    const int KeptBytesMax = 20 * 1024 * 1024;

    const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Leave_no_descriptor_and_no_memory_behind()
    {
        // The process opens some of its own at the first use of everything.
        await ChurnAsync(AtOnce * 4);
        var (descriptors, bytes) = (Descriptors(), GC.GetTotalMemory(forceFullCollection: true));
        await ChurnAsync(Connections);
        await Poll.UntilAsync(() => Descriptors() <= descriptors, "all descriptors are closed");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - bytes, long.MinValue, KeptBytesMax);
    }

    static async Task ChurnAsync(int connections)
    {
        await using var rig = await FaultRig.StartAsync(FaultRig.Sound);
        for (var round = 0; round < connections / AtOnce; round++)
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => ComeAndGoAsync(rig, way: i % 7)));
        await rig.IsSoundAsync();
        // Neither the clients' connections nor those that were made for them.
        await Poll.UntilAsync(() => rig.Open <= AtOnce, "no more connections to the upstream than were needed at once");
    }

    static async Task ComeAndGoAsync(FaultRig rig, int way)
    {
        await using var client = await rig.Gateway.ConnectAsync();
        if (way == 0) return;
        if (way == 1) await client.SendAsync("GET / HT");
        if (way == 2) await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
        if (way == 3) await client.SendAsync(Get);
        if (way >= 4)
        {
            await client.SendAsync(way == 4 ? Get.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal) : Get);
            if (way == 5) client.Socket.Shutdown(SocketShutdown.Send);
            var answer = await client.ReadAnswerAsync();
            if (way != 5) Assert.Equal("sound", answer?.Body);
            if (way == 4) Assert.True(await client.EndsAsync());
        }
        if (way is 1 or 3 or 6) client.Reset();
    }

    /// <summary>Those of the network; loading an assembly opens files.</summary>
    static int Descriptors() => Directory.GetFiles("/proc/self/fd").Count(static name => new FileInfo(name).LinkTarget is { } target
        && (target.StartsWith("socket:", StringComparison.Ordinal) || target.StartsWith("anon_inode:", StringComparison.Ordinal)));
}
