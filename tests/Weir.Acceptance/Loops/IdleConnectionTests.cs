using System.Net;
using System.Net.Sockets;

namespace Weir.Acceptance;

/// <summary>What connections cost that only wait. bench/Load measures as many as there can be; these are enough to see a buffer that each would hold.</summary>
[Collection(nameof(Alone))]
public sealed class IdleConnectionTests(ITestOutputHelper output) : IDisposable
{
    const int WarmUp = 500, Connections = 3000;

    /// <summary>Most of it is Kestrel's, which keeps the objects of a connection's last request for its next.</summary>
    const int SilentBytesMax = 8 * 1024, AskedBytesMax = 12 * 1024;

    static readonly byte[] s_get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray();

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-idle-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hold_little_memory(bool haveAsked)
    {
        var file = Path.Combine(_folder.FullName, "kong.yaml");
        await File.WriteAllTextAsync(file, """
            _format_version: "3.0"
            routes: [{ name: all, paths: [/], plugins: [{ name: request-termination, config: { status_code: 200, message: here } }] }]
            """);
        // A young generation that is collected often: what is counted are connections, not what was dropped on the way.
        var (process, proxy, status) = await WeirProcess.RunAsync(
            [("DOTNET_GCgen0size", "0x200000")],
            file, "--set", "transport=loops", "--set", "access_log=off", "--no-watch", "--set", "keepalive_timeout_seconds=600");
        await using var running = process;
        using var loops = new ScrapedLoops(status);
        var clients = new List<Socket>();
        // Code and pools of the process are there before anything is counted.
        for (var i = 0; i < WarmUp; i++) clients.Add(await ConnectAsync(proxy, haveAsked));
        await Poll.UntilAsync(async () => await loops.SumAsync("weir_loop_connections") == clients.Count, "the first are accepted");
        var before = process.ResidentBytes;
        for (var i = 0; i < Connections; i++) clients.Add(await ConnectAsync(proxy, haveAsked));
        await Poll.UntilAsync(async () => await loops.SumAsync("weir_loop_connections") == clients.Count, "all are accepted");
        var each = (process.ResidentBytes - before) / Connections;
        foreach (var client in clients) client.Dispose();
        output.WriteLine($"{each} bytes for each connection");
        Assert.InRange(each, 0, haveAsked ? AskedBytesMax : SilentBytesMax);
        await Poll.UntilAsync(async () => await loops.SumAsync("weir_loop_connections") == 0, "all are forgotten");
    }

    static async Task<Socket> ConnectAsync(Uri proxy, bool asks)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
        if (!asks) return client;
        var answer = new byte[1024];
        await client.SendAsync(s_get);
        Assert.NotEqual(0, await client.ReceiveAsync(answer));
        return client;
    }
}
