using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Weir.Acceptance;

/// <summary>Targets that fail: retries, health from traffic, health from probes.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    readonly ClosedPort _closed = new();
    AppUpstream _good = null!;
    AppUpstream _moody = null!;
    volatile int _moodyStatus = 200;
    int _moodyTraffic;
    int _moodyProbes;
    volatile string _probeSeen = "";

    public async ValueTask InitializeAsync()
    {
        _good = await AppUpstream.StartAsync(static context => context.Response.WriteAsync(context.Request.Host.Value!));
        _moody = await AppUpstream.StartAsync(context =>
        {
            if (context.Request.Path == "/probe")
            {
                Interlocked.Increment(ref _moodyProbes);
                _probeSeen = $"{context.Request.Host} {context.Request.Headers["X-Probe"]}";
            }
            else
            {
                Interlocked.Increment(ref _moodyTraffic);
            }
            context.Response.StatusCode = _moodyStatus;
            return Task.CompletedTask;
        });
    }

    public async ValueTask DisposeAsync()
    {
        _closed.Dispose();
        await _good.DisposeAsync();
        await _moody.DisposeAsync();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task A_refused_connection_is_retried_at_the_next_target_with_its_own_host(string method)
    {
        await using var gateway = await TestGateway.StartAsync(Pool(_closed.Number, ""));
        for (var i = 0; i < 6; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/") { Content = method == "POST" ? new StringContent("body") : null };
            using var answer = await gateway.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal($"127.0.0.1:{_good.Port}", await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(0, 1)]
    public async Task A_request_that_fails_is_one_warning_whatever_the_tries(int retries, int tries)
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: down, host: 127.0.0.1, port: {{_closed.Number}}, retries: {{retries}}, routes: [{ paths: [/] }] }
            """);
        (await gateway.Client.GetAsync("/")).Dispose();
        var lines = gateway.Log.Lines.Where(line => line.Text.Contains("ConnectRefused", StringComparison.Ordinal)).ToList();
        Assert.Equal(tries, lines.Count);
        Assert.Equal(LogLevel.Warning, Assert.Single(lines, line => line.Level >= LogLevel.Warning).Level);
    }

    [Fact]
    public async Task Tries_that_are_made_good_are_no_warnings()
    {
        await using var gateway = await TestGateway.StartAsync(Pool(_closed.Number, ""));
        for (var i = 0; i < 4; i++) (await gateway.Client.GetAsync("/")).Dispose();
        Assert.Contains(gateway.Log.Lines, line => line.Text.Contains("ConnectRefused", StringComparison.Ordinal));
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Without_retries_a_refused_connection_is_502()
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: down, host: 127.0.0.1, port: {{_closed.Number}}, retries: 0, routes: [{ paths: [/] }] }
            """);
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var id = answer.Headers.GetValues("X-Kong-Request-Id").Single();
        Assert.Equal($"An invalid response was received from the upstream server\nrequest_id: {id}\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("application/json", "application/json; charset=utf-8", "\"message\":\"An invalid")]
    [InlineData("text/html", "text/html; charset=utf-8", "<h1>Error</h1>")]
    [InlineData("application/xml", "application/xml; charset=utf-8", "<message>An invalid")]
    [InlineData("text/plain", "text/plain; charset=utf-8", "An invalid response")]
    [InlineData("text/html;q=0.3, application/json;q=0.9", "application/json; charset=utf-8", "\"message\"")]
    [InlineData("image/png", "text/plain; charset=utf-8", "An invalid response")]
    public async Task A_gateways_error_has_the_form_the_client_accepts(string accept, string type, string part)
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: down, host: 127.0.0.1, port: {{_closed.Number}}, retries: 0, routes: [{ paths: [/] }] }
            """);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.Contains(part, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_upstream_that_does_not_answer_in_time_is_504()
    {
        var release = new TaskCompletionSource();
        await using var silent = await AppUpstream.StartAsync(_ => release.Task);
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: silent, url: "{{silent.Address}}", read_timeout: 100, retries: 0, routes: [{ paths: [/] }] }
            """);
        using var answer = await gateway.Client.GetAsync("/");
        release.SetResult();
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.StartsWith("The upstream server is timing out\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traffic_takes_a_failing_target_out_for_good()
    {
        await using var gateway = await TestGateway.StartAsync(Pool(_moody.Port, "passive: { unhealthy: { http_failures: 3, http_statuses: [500] } }"));
        _moodyStatus = 500;
        var failures = 0;
        for (var i = 0; i < 40; i++)
        {
            using var answer = await gateway.Client.GetAsync("/");
            if (answer.StatusCode == HttpStatusCode.InternalServerError) failures++;
        }
        _moodyStatus = 200;
        for (var i = 0; i < 10; i++) (await gateway.Client.GetAsync("/")).Dispose();
        Assert.Equal((3, 3), (failures, _moodyTraffic));
    }

    [Fact]
    public async Task Refused_connections_take_a_target_out_too()
    {
        await using var gateway = await TestGateway.StartAsync(Pool(_closed.Number, "passive: { unhealthy: { tcp_failures: 2 } }"));
        for (var i = 0; i < 10; i++) (await gateway.Client.GetAsync("/")).Dispose();
        Assert.Equal(2, gateway.Log.Lines.Count(line => line.Text.Contains($"(127.0.0.1:{_closed.Number}) failed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_the_gateway_itself_answers_says_nothing_about_a_target()
    {
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            upstreams:
            - name: pool
              healthchecks: { passive: { unhealthy: { http_failures: 1, http_statuses: [503] } } }
              targets: [{ target: "127.0.0.1:{{_good.Port}}" }]
            services:
            - name: pooled
              host: pool
              routes:
              - { name: open, paths: [/open] }
              - { name: refused, paths: [/refused], plugins: [{ name: request-termination, config: { status_code: 503 } }] }
            """);
        for (var i = 0; i < 3; i++)
        {
            using var refused = await gateway.Client.GetAsync("/refused");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }
        using var answer = await gateway.Client.GetAsync("/open");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Probes_take_a_target_out_and_bring_it_back()
    {
        await using var gateway = await TestGateway.StartAsync(Pool(_moody.Port, """
            active: { http_path: /probe, headers: { X-Probe: ["yes"] },
              healthy: { interval: 0.05, successes: 2 }, unhealthy: { interval: 0.05, http_failures: 2, http_statuses: [500] } }
            """));
        await Poll.UntilAsync(() => Volatile.Read(ref _moodyProbes) > 0, "a first probe");
        Assert.Equal("127.0.0.1 yes", _probeSeen);
        _moodyStatus = 500;
        await Poll.UntilAsync(async () => await AllGoodAsync(gateway), "the failing target is out");
        _moodyStatus = 200;
        var before = Volatile.Read(ref _moodyTraffic);
        await Poll.UntilAsync(
            async () =>
            {
                (await gateway.Client.GetAsync("/")).Dispose();
                return Volatile.Read(ref _moodyTraffic) > before;
            },
            "the target is back");
    }

    [Fact]
    public async Task When_too_much_weight_is_lost_the_whole_upstream_is_503()
    {
        const string checks = "threshold: 50, passive: { unhealthy: { http_failures: 1, http_statuses: [500] } }";
        await using var gateway = await TestGateway.StartAsync(Pool(_moody.Port, checks));
        _moodyStatus = 500;
        for (var i = 0; i < 2; i++) (await gateway.Client.GetAsync("/")).Dispose();
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("failure to get a peer from the ring-balancer", await answer.Content.ReadAsStringAsync());
    }

    static async Task<bool> AllGoodAsync(TestGateway gateway)
    {
        var good = true;
        for (var i = 0; i < 4; i++)
        {
            using var answer = await gateway.Client.GetAsync("/");
            good &= answer.StatusCode == HttpStatusCode.OK;
        }
        return good;
    }

    string Pool(int firstPort, string checks) => $$"""
        _format_version: "3.0"
        upstreams:
        - name: pool
          healthchecks: { {{checks.ReplaceLineEndings(" ")}} }
          targets: [{ target: "127.0.0.1:{{firstPort}}" }, { target: "127.0.0.1:{{_good.Port}}" }]
        services:
        - { name: pooled, host: pool, routes: [{ paths: [/] }] }
        """;
}
