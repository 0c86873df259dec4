using System.Net;
using System.Text.Json.Nodes;
using Weir.Telemetry.Tests;

namespace Weir.Acceptance;

/// <summary>The status listener: alive, ready, counted.</summary>
public sealed class StatusTests : IAsyncLifetime
{
    readonly ClosedPort _closed = new();
    TestGateway _gateway = null!;
    HttpClient _status = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - name: words
              host: 127.0.0.1
              port: {{_closed.Number}}
              retries: 0
              routes:
              - { name: down, paths: [/down] }
              - { name: answered, paths: [/answered], plugins: [{ name: request-termination, config: { status_code: 203 } }] }
            """);
        _status = TestGateway.NewClient(_gateway.Status);
    }

    public async ValueTask DisposeAsync()
    {
        _status.Dispose();
        await _gateway.DisposeAsync();
        _closed.Dispose();
    }

    [Fact]
    public async Task Status_says_what_runs()
    {
        var status = JsonNode.Parse(await _status.GetStringAsync("/status"))!;
        Assert.Equal("running", (string?)status["state"]);
        var configuration = status["configuration"]!;
        Assert.Equal((1, 2, true), ((int)configuration["revision"]!, (int)configuration["routes"]!, (bool)configuration["last_apply_ok"]!));
        Assert.Equal(await _gateway.Node.Snapshots.Current.Hash, (string?)configuration["hash"]);
        Assert.Contains(_gateway.Proxy.ToString().TrimEnd('/'), status["listeners"]!.ToJsonString());
        using var ready = await _status.GetAsync("/status/ready");
        Assert.Equal((HttpStatusCode.OK, "ready"), (ready.StatusCode, await MessageAsync(ready)));
    }

    [Fact]
    public async Task Warnings_are_shown_and_times_and_texts_are_readable_as_they_stand()
    {
        await _gateway.ApplyAsync("_format_version: \"3.0\"\nroutes:\n- { name: stream, protocols: [tcp], destinations: [{ port: 9000 }] }\n");
        var page = await _status.GetStringAsync("/status");
        Assert.DoesNotContain("\\u00", page);
        var configuration = JsonNode.Parse(page)!["configuration"]!;
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string?)configuration["last_apply_at"]);
        var warning = Assert.Single(configuration["problems"]!.AsArray())!;
        Assert.Equal(("warning", 3, "route 'stream'", "protocols"),
            ((string?)warning["severity"], (int)warning["line"]!, (string?)warning["entity"], (string?)warning["field"]));
        Assert.Equal("stream protocols are not served yet; this route will never match", (string?)warning["message"]);
    }

    [Fact]
    public async Task Draining_is_not_ready()
    {
        _gateway.Node.IsDraining = true;
        using var ready = await _status.GetAsync("/status/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), (ready.StatusCode, await MessageAsync(ready)));
        Assert.Equal("draining", (string?)JsonNode.Parse(await _status.GetStringAsync("/status"))!["state"]);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/config/x")]
    [InlineData("GET", "/status/other")]
    [InlineData("GET", "/services")]
    public async Task Everything_else_is_404(string method, string path)
    {
        using var answer = await _status.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task The_proxy_listener_shows_nothing_of_it()
    {
        foreach (var path in new[] { "/status", "/metrics", "/config" })
        {
            using var answer = await _gateway.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Contains("no Route matched", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Requests_are_counted_by_route_service_code_and_who_answered()
    {
        for (var i = 0; i < 3; i++) (await _gateway.Client.GetAsync("/answered")).Dispose();
        for (var i = 0; i < 2; i++) (await _gateway.Client.GetAsync("/down")).Dispose();
        // Paths that nobody declared must not make series.
        for (var i = 0; i < 50; i++) (await _gateway.Client.GetAsync($"/random-{i}")).Dispose();
        foreach (var (route, service, code, count) in new[] { ("answered", "words", "203", 3), ("down", "words", "502", 2), ("", "", "404", 50) })
            await Poll.UntilAsync(
                async () => Counters(await _status.GetStringAsync("/metrics")).Any(line =>
                    line.StartsWith($"weir_http_requests_total{{route=\"{route}\",service=\"{service}\",code=\"{code}\",", StringComparison.Ordinal)
                    && line.EndsWith($" {count}", StringComparison.Ordinal)),
                $"{count} requests of '{route}' with {code}");
        var page = await _status.GetStringAsync("/metrics");
        Assert.Equal(3, Counters(page).Count());
        Assert.DoesNotContain("random", page);
        foreach (var line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Matches(@"^(# (HELP|TYPE) [a-z]\w+ .+|[a-z]\w+(\{.*\})? \S+)$", line);
    }

    [Theory]
    [InlineData("*/*", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    public async Task Metrics_are_written_in_the_format_that_is_asked_for(string accept, string type)
    {
        await _gateway.ApplyAsync($$"""
            _format_version: "3.0"
            services: [{ name: words, host: 127.0.0.1, port: {{_closed.Number}}, retries: 0, routes: [{ name: down, paths: [/down] }] }]
            plugins:
            - name: prometheus
              config: { status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true, upstream_health_metrics: true, per_consumer: true }
            """);
        (await _gateway.Client.GetAsync("/down")).Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await _status.SendAsync(request);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        var page = ExpositionPage.Read(await answer.Content.ReadAsStringAsync(), type.StartsWith("application", StringComparison.Ordinal));
        Assert.Contains(page.Samples, static sample => sample.Name == "weir_config_revision" && sample.Value == 2);
        Assert.Contains("weir_http_gateway_duration_seconds", page.Families.Keys);
    }

    [Fact]
    public async Task Changes_of_the_configuration_are_counted()
    {
        await _gateway.ApplyAsync("_format_version: \"3.0\"");
        await _gateway.TryApplyAsync("nonsense: 1");
        var page = await _status.GetStringAsync("/metrics");
        Assert.Contains("weir_config_revision 2\n", page);
        Assert.Contains("weir_config_last_apply_ok 0\n", page);
        Assert.Contains("weir_config_applies_total{result=\"applied\"} 2\n", page);
        Assert.Contains("weir_config_applies_total{result=\"refused\"} 1\n", page);
    }

    static async Task<string?> MessageAsync(HttpResponseMessage answer) => (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"];

    static IEnumerable<string> Counters(string page) =>
        page.Split('\n').Where(static line => line.StartsWith("weir_http_requests_total{", StringComparison.Ordinal));
}
