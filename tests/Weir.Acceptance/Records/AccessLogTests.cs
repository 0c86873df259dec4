using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Gateway;

namespace Weir.Acceptance;

/// <summary>What the access log says about requests of every fate, and the id that ties their records together.</summary>
public sealed class AccessLogTests : IAsyncLifetime
{
    readonly LogFile _log = new();
    readonly ClosedPort _closed = new();
    AppUpstream _upstream = null!;
    volatile string _seenId = "";

    public async ValueTask InitializeAsync() => _upstream = await AppUpstream.StartAsync(context =>
    {
        _seenId = context.Request.Headers["X-Kong-Request-Id"].ToString();
        return context.Response.WriteAsync("twelve bytes");
    });

    public async ValueTask DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _closed.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_routed_request()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        using var answer = await GetAsync(gateway, "/routed/a?b=c");
        var entry = await _log.OnlyEntryAsync();
        Assert.Equal(
            ("GET", "/routed/a", "b=c", 200, "upstream", 12, "routed", "words", "test client", "127.0.0.1", "http", 1, 200),
            (Text(entry, "method"), Text(entry, "path"), Text(entry, "query").TrimStart('?'), Number(entry, "status"), Source(entry), Number(entry, "bytes"),
                Text(entry, "route"), Text(entry, "service"), Text(entry, "user_agent"), Text(entry, "client_ip"), Text(entry, "scheme"),
                Number(entry, "tries"), Number(entry, "upstream_status")));
        Assert.Equal($"127.0.0.1:{_upstream.Port}", Text(entry, "upstream"));
        foreach (var latency in new[] { "gateway_ms", "upstream_ms", "total_ms" }) Assert.InRange((double)entry[latency]!, 0, 60_000);
        Assert.True((double)entry["total_ms"]! >= (double)entry["upstream_ms"]!);
        Assert.True(DateTimeOffset.TryParse(Text(entry, "time"), CultureInfo.InvariantCulture, out _));

        var id = Id(answer);
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal((id, id), (_seenId, Text(entry, "request_id")));
    }

    [Fact]
    public async Task A_request_without_a_route()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        using var answer = await GetAsync(gateway, "/nowhere");
        var entry = await _log.OnlyEntryAsync();
        Assert.Equal((404, "/nowhere", null, null), (Number(entry, "status"), Text(entry, "path"), entry["route"], entry["upstream"]));
        Assert.Equal(Id(answer), Text(entry, "request_id"));
        Assert.Contains($"\"request_id\":\"{Id(answer)}\"", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_request_that_a_plugin_refuses()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        using var answer = await GetAsync(gateway, "/keyed");
        var entry = await _log.OnlyEntryAsync();
        Assert.Equal((401, "exit", "keyed"), (Number(entry, "status"), Source(entry), Text(entry, "route")));
        Assert.Equal((Id(answer), 0), (Text(entry, "request_id"), _upstream.Requests));
    }

    [Fact]
    public async Task A_request_whose_upstream_fails()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        using var answer = await GetAsync(gateway, "/down");
        var entry = await _log.OnlyEntryAsync();
        Assert.Equal((502, "error", 2, null), (Number(entry, "status"), Source(entry), Number(entry, "tries"), entry["upstream_status"]));
        Assert.Equal($"127.0.0.1:{_closed.Number}", Text(entry, "upstream"));
        Assert.Contains($"request_id: {Id(answer)}", await answer.Content.ReadAsStringAsync());
        Assert.Contains(gateway.Log.Lines, line => line.Text.Contains(Id(answer), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_of_a_known_consumer_and_nothing_of_its_key()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/keyed") { Headers = { { "apikey", "secret-key" } } };
        (await gateway.Client.SendAsync(request)).Dispose();
        var entry = await _log.OnlyEntryAsync();
        Assert.Equal("alice", Text(entry, "consumer"));
        Assert.DoesNotContain("secret-key", entry.ToJsonString());
    }

    [Fact]
    public async Task Text_lines_have_the_form_that_log_tools_know()
    {
        await using var gateway = await StartAsync(AccessLogForm.Text);
        using var routed = await GetAsync(gateway, "/routed?x=\"1\"");
        using var refused = await GetAsync(gateway, "/nowhere");
        var lines = await _log.LinesAsync(2);
        const string start = @"^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] ";
        const string ms = @"[\d.]+";
        Assert.Matches(
            $"{start}\"GET /routed\\?x=\\S+ HTTP/1\\.1\" 200 12 \"-\" \"test client\" {Id(routed)} routed words {ms} {ms} {ms}$", lines[0]);
        Assert.Matches($"{start}\"GET /nowhere HTTP/1\\.1\" 404 \\d+ \"-\" \"test client\" {Id(refused)} - - {ms} - {ms}$", lines[1]);
    }

    [Fact]
    public async Task Ids_of_clients_are_not_taken_over()
    {
        await using var gateway = await StartAsync(AccessLogForm.Json);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/routed") { Headers = { { "X-Kong-Request-Id", "forged" } } };
        using var answer = await gateway.Client.SendAsync(request);
        Assert.NotEqual("forged", Id(answer));
        Assert.Equal(Id(answer), _seenId);
    }

    async Task<TestGateway> StartAsync(AccessLogForm form) => await TestGateway.StartAsync($$"""
        _format_version: "3.0"
        consumers: [{ username: alice, keyauth_credentials: [{ key: secret-key }] }]
        services:
        - name: words
          url: "{{_upstream.Address}}"
          routes:
          - { name: routed, paths: [/routed] }
          - { name: keyed, paths: [/keyed], plugins: [{ name: key-auth }] }
        - { name: down, host: 127.0.0.1, port: {{_closed.Number}}, retries: 1, routes: [{ name: down, paths: [/down] }] }
        """, settings => settings with { AccessLog = form, AccessLogFile = _log.Path });

    static async Task<HttpResponseMessage> GetAsync(TestGateway gateway, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("User-Agent", "test client");
        return await gateway.Client.SendAsync(request);
    }

    static string Id(HttpResponseMessage answer) => answer.Headers.GetValues("X-Kong-Request-Id").Single();

    static string Text(JsonNode entry, string field) => (string?)entry[field] ?? "";

    static string Source(JsonNode entry) => Text(entry, "source") is var source && source == "service" ? "upstream" : Text(entry, "source");

    static int Number(JsonNode entry, string field) => (int?)entry[field] ?? -1;
}
