using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Weir.Acceptance;

/// <summary>weir run, from its first line to its exit code.</summary>
public sealed partial class RunTests(ITestOutputHelper output) : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-run-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Without_a_file_it_serves_an_example_and_says_how_to_try_it()
    {
        var (process, proxy, _) = await WeirProcess.RunAsync();
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        (await client.GetAsync("/hello")).EnsureSuccessStatusCode().Dispose();
        var first = process.Age;
        await Poll.UntilAsync(() => Curl().Count(process.Output) == 3, "three curl lines");
        var urls = Curl().Matches(process.Output).Select(match => new Uri(match.Groups[1].Value)).ToList();
        Assert.All(urls, url => Assert.Equal(proxy.Port, url.Port));

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(urls[0])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(urls[1])).StatusCode);
        using var keyed = new HttpRequestMessage(HttpMethod.Get, urls[1]);
        keyed.Headers.Add("apikey", "open-sesame");
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(keyed)).StatusCode);
        List<int> limited = [];
        for (var i = 0; i < 8 && !limited.Contains(429); i++) limited.Add((int)(await client.GetAsync(urls[2])).StatusCode);
        // The limit is three a minute; a minute may begin meanwhile.
        Assert.InRange(limited.Count, 4, 7);
        Assert.Contains("/limited", urls[2].AbsolutePath);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start to first answer: {first.TotalMilliseconds:F0} ms"));
    }

    [Fact]
    public async Task It_reloads_when_the_file_changes_on_a_signal_and_on_a_post()
    {
        var file = Write("kong.yaml", Saying("first"));
        var (process, proxy, status) = await WeirProcess.RunAsync(file);
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        Assert.Contains("first", await client.GetStringAsync("/"));

        Write("kong.yaml", Saying("second, watched"));
        await SaysAsync(client, "second, watched");

        Write("kong.yaml", "services: [{ hots: x }]");
        await Poll.UntilAsync(() => process.Errors.Contains("hots", StringComparison.Ordinal), "the bad file is reported");
        Assert.Contains("second, watched", await client.GetStringAsync("/"));

        using var poster = TestGateway.NewClient(status);
        using var posted = await poster.PostAsync("/config", new StringContent(Saying("third, posted"), Encoding.UTF8, "application/yaml"));
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        Assert.Contains("third, posted", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task The_vault_of_files_reads_the_directory_that_the_settings_name()
    {
        Write("the-key", "from-a-file\n");
        var file = Write("kong.yaml", """
            _format_version: "3.0"
            routes:
            - name: r
              paths: [/]
              plugins: [{ name: key-auth }, { name: request-termination, config: { status_code: 200, message: passed } }]
            consumers: [{ username: ann, keyauth_credentials: [{ key: '{vault://file/the-key}' }] }]
            """);
        var (process, proxy, _) = await WeirProcess.RunAsync(file, "--set", "vault_file_directory=" + _folder.FullName);
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        client.DefaultRequestHeaders.Add("apikey", "from-a-file");
        Assert.Contains("passed", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_hangup_reads_the_file_again_without_watching()
    {
        var file = Write("kong.yaml", Saying("first"));
        var (process, proxy, _) = await WeirProcess.RunAsync(file, "--no-watch");
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        Write("kong.yaml", Saying("second, signalled"));
        await process.SignalAsync("HUP");
        await SaysAsync(client, "second, signalled");
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_request_under_way_is_finished_before_it_stops(string signal)
    {
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var slow = await AppUpstream.StartAsync(async context =>
        {
            arrived.TrySetResult();
            await release.Task;
            await context.Response.WriteAsync("finished");
        });
        var (process, proxy, status) = await WeirProcess.RunAsync(Write("kong.yaml", $$"""
            _format_version: "3.0"
            services: [{ url: "{{slow.Address}}", routes: [{ paths: [/] }] }]
            """));
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        var answer = client.GetStringAsync("/");
        await arrived.Task;
        await process.SignalAsync(signal);
        using var statusClient = TestGateway.NewClient(status);
        await Poll.UntilAsync(
            async () =>
            {
                using var ready = await statusClient.GetAsync("/status/ready");
                return ready.StatusCode == HttpStatusCode.ServiceUnavailable
                    && (await ready.Content.ReadAsStringAsync()).Contains("draining", StringComparison.Ordinal);
            },
            "it says that it drains");
        await Poll.UntilAsync(() => RefusesAsync(proxy), "new connections are refused");
        release.SetResult();
        Assert.Equal("finished", await answer);
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    [Fact]
    public async Task Requests_that_take_too_long_are_ended_at_the_drain_limit()
    {
        var arrived = new TaskCompletionSource();
        await using var hanging = await AppUpstream.StartAsync(context =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var (process, proxy, _) = await WeirProcess.RunAsync(Write("kong.yaml", $$"""
            _format_version: "3.0"
            services: [{ url: "{{hanging.Address}}", routes: [{ paths: [/] }] }]
            """), "--set", "drain_seconds=1");
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        var answer = client.GetAsync("/");
        await arrived.Task;
        await process.SignalAsync("TERM");
        Assert.Equal(0, await process.ExitCodeAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => answer);
    }

    [Fact]
    public async Task A_bad_file_at_the_start_is_reported_whole()
    {
        var (code, _, errors) = await WeirProcess.EndedAsync("run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--status", "off", Write("bad.yaml", """
            _format_version: "3.0"
            services:
            - { name: a, hots: example.com }
            - { name: a, host: example.com, port: 99999 }
            plugins: [{ name: no-such-plugin }]
            """));
        Assert.Equal(1, code);
        foreach (var part in new[] { "bad.yaml:3", "hots", "bad.yaml:4", "port", "bad.yaml:5", "no-such-plugin", " errors" }) Assert.Contains(part, errors);
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_line()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var address = taken.LocalEndPoint!.ToString()!;
        foreach (var flag in new[] { "--proxy", "--status" })
        {
            var other = flag == "--proxy" ? "--status" : "--proxy";
            var (code, _, errors) = await WeirProcess.EndedAsync("run", flag, address, other, "127.0.0.1:0", "--proxy-tls", "off");
            Assert.Equal(1, code);
            var line = Assert.Single(errors.Split('\n'), text => text.Contains("weir run:", StringComparison.Ordinal));
            Assert.Contains(address, line);
            Assert.Contains("in use", line);
            Assert.DoesNotContain("   at ", errors);
        }
    }

    [Theory]
    [InlineData("--proxy", "nonsense")]
    [InlineData("--set", "no_such_setting=1")]
    [InlineData("--set", "drain_seconds=soon")]
    [InlineData("--set", "trusted_ips=300.1.1.1")]
    [InlineData("--set", "headers=nonsense")]
    [InlineData("--settings", "/no/such/file.yaml")]
    public async Task A_bad_setting_is_named_without_a_stack_trace(string flag, string value)
    {
        var (code, _, errors) = await WeirProcess.EndedAsync("run", "--proxy-tls", "off", "--status", "off", flag, value);
        Assert.Equal(1, code);
        Assert.Contains(value.Split('=')[0].TrimStart('-'), errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public async Task Unknown_plugins_pass_when_allowed_and_their_routes_say_so()
    {
        var file = Write("kong.yaml", """
            _format_version: "3.0"
            routes:
            - name: with
              paths: [/with]
              plugins: [{ name: from-the-future, config: { any: thing } }, { name: request-termination, config: { status_code: 200 } }]
            - name: without
              paths: [/without]
              plugins: [{ name: request-termination, config: { status_code: 200 } }]
            """);
        var (code, _, errors) = await WeirProcess.EndedAsync("run", "--proxy", "127.0.0.1:0", "--proxy-tls", "off", "--status", "off", file);
        Assert.Equal(1, code);
        Assert.Contains("from-the-future", errors);

        var (process, proxy, _) = await WeirProcess.RunAsync(file, "--allow-unknown-plugins");
        await using var running = process;
        using var client = TestGateway.NewClient(proxy);
        Assert.Contains("from-the-future", process.Errors);
        using var with = await client.GetAsync("/with");
        Assert.Equal("from-the-future", with.Headers.GetValues("Weir-Unknown-Plugins").Single());
        using var without = await client.GetAsync("/without");
        Assert.False(without.Headers.Contains("Weir-Unknown-Plugins"));
    }

    [GeneratedRegex("curl -i (http://[^ ;]+)")]
    private static partial Regex Curl();

    static Task SaysAsync(HttpClient client, string word) =>
        Poll.UntilAsync(async () => (await client.GetStringAsync("/")).Contains(word, StringComparison.Ordinal), word);

    static async Task<bool> RefusesAsync(Uri proxy)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, proxy.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    string Write(string name, string text)
    {
        // Renamed into place, as editors and deployments do: nobody sees half a file.
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    static string Saying(string word) => $$"""
        _format_version: "3.0"
        routes: [{ name: all, paths: [/], plugins: [{ name: request-termination, config: { status_code: 200, message: "{{word}}" } }] }]
        """;
}
