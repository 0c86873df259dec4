using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Weir.Acceptance;

/// <summary>One process takes over from another, as in an upgrade: nobody who sends requests may notice.</summary>
public sealed class HandoverTests : IDisposable
{
    const int Upgrades = 20;

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-handover-");

    string Path => System.IO.Path.Combine(_folder.FullName, "weir.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Twenty_upgrades_under_load_fail_no_request()
    {
        var streams = Loopback(8002);
        string[] more = ["--set", "proxy_listen_h2c=" + streams];
        var process = await StartAsync("kong.yaml", "0", more);
        var proxy = await process.AddressAsync("proxy");
        using var enough = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(i => Task.Run(() => SendAsync(proxy, keepsAlive: i % 2 == 0, enough.Token))).ToList();
        clients.Add(Task.Run(() => SendStreamsAsync(new Uri("http://" + streams), enough.Token)));
        for (var i = 1; i <= Upgrades; i++)
        {
            var next = await StartAsync("kong.yaml", i.ToString(CultureInfo.InvariantCulture), more);
            Assert.Equal(proxy, await next.AddressAsync("proxy"));
            Assert.Equal(0, await process.ExitCodeAsync());
            Assert.Contains("another process has taken over", process.Errors);
            await process.DisposeAsync();
            process = next;
        }
        await enough.CancelAsync();
        var results = await Task.WhenAll(clients);
        await process.DisposeAsync();
        Assert.All(results, static result => Assert.Equal("", result.Failure));
        // Every process has answered somebody.
        var answered = results.SelectMany(static result => result.Bodies).ToHashSet();
        Assert.Superset(Enumerable.Range(0, Upgrades).Select(static i => i.ToString(CultureInfo.InvariantCulture)).ToHashSet(), answered);
    }

    [Fact]
    public async Task Who_fails_to_take_over_leaves_everything_as_it_is()
    {
        await using var process = await StartAsync("kong.yaml", "first");
        using var client = TestGateway.NewClient(await process.AddressAsync("proxy"));
        var bad = Write("bad.yaml", "services: [{ hots: x }]");
        var (code, _, errors) = await WeirProcess.EndedAsync(
            "run", bad, "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--status", "127.0.0.1:0", "--handover", Path);
        Assert.Equal(1, code);
        Assert.Contains("hots", errors);
        for (var i = 0; i < 20; i++) Assert.Equal("first", await client.GetStringAsync("/"));
        // It is still there to be followed by one that works.
        await using var next = await StartAsync("kong.yaml", "second");
        // A connection to the one before ends with the next answer on it.
        await client.GetStringAsync("/");
        Assert.Equal("second", await client.GetStringAsync("/"));
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    [Fact]
    public async Task The_journal_goes_over_and_comes_back_from_one_that_fails()
    {
        var address = Loopback(8001);
        var admin = new Uri("http://" + address);
        var first = await ControlAsync("--admin", address, "--status", "127.0.0.1:0");
        using var client = TestGateway.NewClient(admin);
        (await client.PostAsJsonAsync("/services", new { name = "one", host = "example.com" })).EnsureSuccessStatusCode();

        // The status address of this one cannot be had: it fails when it has the journal already.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        await using (var failing = await ControlAsync("--admin", address, "--status", taken.LocalEndPoint!.ToString()!))
            Assert.Equal(1, await failing.ExitCodeAsync());
        await Poll.UntilAsync(() => first.Errors.Contains("this one goes on", StringComparison.Ordinal), "the first goes on");
        await Poll.UntilAsync(() => AnswersAsync(admin, "/services/one"), "the Admin API is back");

        await using var second = await ControlAsync("--admin", address, "--status", "127.0.0.1:0");
        Assert.Equal(0, await first.ExitCodeAsync());
        await first.DisposeAsync();
        using var again = TestGateway.NewClient(admin);
        (await again.PostAsJsonAsync("/services", new { name = "two", host = "example.com" })).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/services/one")).StatusCode);
    }

    [Fact]
    public async Task A_path_that_cannot_be_used_is_one_clear_line()
    {
        var (code, _, errors) = await WeirProcess.EndedAsync(
            "run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--status", "off", "--handover", "/no/such/folder/weir.sock");
        Assert.Equal(1, code);
        Assert.Contains("handover: /no/such/folder/weir.sock", errors);
        Assert.DoesNotContain("   at ", errors);
    }

    /// <summary>Sends requests one after the other until it is enough; the bodies, and what went wrong.</summary>
    static async Task<(HashSet<string> Bodies, string Failure)> SendAsync(Uri proxy, bool keepsAlive, CancellationToken enough)
    {
        HashSet<string> bodies = [];
        RawClient? client = null;
        while (!enough.IsCancellationRequested)
        {
            client ??= await ConnectAsync(proxy);
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            if (await client.ReadAnswerAsync() is not { Status: 200, IsWhole: true } answer) return (bodies, "after " + string.Join(' ', bodies));
            bodies.Add(answer.Body);
            if (keepsAlive && answer.Header("Connection") != "close") continue;
            await client.DisposeAsync();
            client = null;
        }
        if (client is not null) await client.DisposeAsync();
        return (bodies, "");
    }

    /// <summary>The same over HTTP/2, several requests at a time.</summary>
    static async Task<(HashSet<string> Bodies, string Failure)> SendStreamsAsync(Uri proxy, CancellationToken enough)
    {
        HashSet<string> bodies = [];
        using var client = TestGateway.NewClient(proxy);
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        try
        {
            while (!enough.IsCancellationRequested)
                bodies.UnionWith(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.GetStringAsync("/", CancellationToken.None))));
            return (bodies, "");
        }
        catch (HttpRequestException failure)
        {
            return (bodies, failure.ToString());
        }
    }

    /// <summary>A loopback address that nothing else has, for a port that must be the same in two processes.</summary>
    static string Loopback(int port) => string.Create(
        CultureInfo.InvariantCulture, $"127.91.{Environment.ProcessId % 250}.{RandomNumberGenerator.GetInt32(1, 250)}:{port}");

    static async Task<RawClient> ConnectAsync(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port);
        return new RawClient(socket);
    }

    static async Task<bool> AnswersAsync(Uri address, string path)
    {
        using var client = TestGateway.NewClient(address);
        try
        {
            return (await client.GetAsync(path)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A gateway that answers with a word, and has taken over if there was one before.</summary>
    async Task<WeirProcess> StartAsync(string name, string word, params string[] more)
    {
        var file = Write(name, $$"""
            _format_version: "3.0"
            routes: [{ paths: [/], plugins: [{ name: request-termination, config: { status_code: 200, body: "{{word}}", content_type: text/plain } }] }]
            """);
        var (process, _, _) = await WeirProcess.RunAsync([file, "--no-watch", "--handover", Path, .. more]);
        return process;
    }

    async Task<WeirProcess> ControlAsync(params string[] more)
    {
        var process = WeirProcess.Start(
            ["run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--data", System.IO.Path.Combine(_folder.FullName, "data"),
                "--handover", Path, .. more]);
        await Poll.UntilAsync(
            () => process.Output.Contains("  admin ", StringComparison.Ordinal) || process.Errors.Contains("weir run:", StringComparison.Ordinal),
            "it runs or fails");
        return process;
    }

    string Write(string name, string text)
    {
        var file = System.IO.Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }
}
