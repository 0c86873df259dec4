using System.Net;

namespace Weir.Acceptance;

/// <summary>What a change of configuration does not forget.</summary>
public sealed class ReloadStateTests : IAsyncLifetime
{
    AppUpstream _one = null!;
    AppUpstream _two = null!;
    volatile int _oneStatus = 200;

    public async ValueTask InitializeAsync()
    {
        _one = await AppUpstream.StartAsync(context =>
        {
            context.Response.StatusCode = _oneStatus;
            return Task.CompletedTask;
        });
        _two = await AppUpstream.SayingAsync("two");
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Rate_limits_count_on()
    {
        await using var gateway = await TestGateway.StartAsync(Document(0, "{}"));
        for (var i = 0; i < 6; i++)
        {
            using var answer = await gateway.Client.GetAsync("/limited");
            Assert.Equal(i < 5 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.Equal("432100"[i].ToString(), answer.Headers.GetValues("X-RateLimit-Remaining-Year").Single());
            await gateway.ApplyAsync(Document(i + 1, "{}"));
        }
    }

    [Fact]
    public async Task Round_robin_goes_on_where_it_was()
    {
        await using var gateway = await TestGateway.StartAsync(Document(0, "{}"));
        for (var i = 1; i <= 20; i++)
        {
            await gateway.Client.GetStringAsync("/pool");
            await gateway.ApplyAsync(Document(i, "{}"));
        }
        Assert.Equal((10, 10), (_one.Requests, _two.Requests));
    }

    [Fact]
    public async Task A_target_found_unhealthy_stays_out()
    {
        const string passive = "{ passive: { unhealthy: { http_failures: 1, http_statuses: [500] } } }";
        await using var gateway = await TestGateway.StartAsync(Document(0, passive));
        _oneStatus = 500;
        for (var i = 0; i < 2; i++) (await gateway.Client.GetAsync("/pool")).Dispose();
        Assert.Equal(1, _one.Requests);
        for (var i = 1; i <= 5; i++)
        {
            await gateway.ApplyAsync(Document(i, passive));
            for (var k = 0; k < 4; k++) Assert.Equal("two", await gateway.Client.GetStringAsync("/pool"));
        }
        Assert.Equal(1, _one.Requests);
    }

    [Fact]
    public async Task Probes_keep_their_schedule_when_changes_come_faster_than_they()
    {
        const string checks = "{ active: { http_path: /probe, healthy: { interval: 0.5, successes: 1 }, unhealthy: { interval: 0.5 } } }";
        await using var gateway = await TestGateway.StartAsync(Document(0, checks));
        var version = 0;
        // Each change comes right after the one before; nobody but the probes calls the upstream.
        await Poll.UntilAsync(
            async () =>
            {
                await gateway.ApplyAsync(Document(++version, checks));
                return _one.Requests >= 3 && _two.Requests >= 3;
            },
            "three probes of each target");
        Assert.True(version > 3);
    }

    [Fact]
    public async Task Connections_to_an_upstream_are_used_on()
    {
        await using var gateway = await TestGateway.StartAsync(Document(0, "{}"));
        for (var i = 1; i <= 10; i++)
        {
            await gateway.Client.GetStringAsync("/pool");
            await gateway.ApplyAsync(Document(i, "{}"));
        }
        Assert.Equal((1, 1), (_one.Connections, _two.Connections));
    }

    [Fact]
    public async Task A_target_that_was_removed_comes_back_healthy()
    {
        const string passive = "{ passive: { unhealthy: { http_failures: 1, http_statuses: [500] } } }";
        await using var gateway = await TestGateway.StartAsync(Document(0, passive));
        _oneStatus = 500;
        for (var i = 0; i < 2; i++) (await gateway.Client.GetAsync("/pool")).Dispose();
        _oneStatus = 200;
        await gateway.ApplyAsync(Document(1, passive, withOne: false));
        await gateway.ApplyAsync(Document(2, passive));
        for (var i = 0; i < 4; i++) await gateway.Client.GetStringAsync("/pool");
        Assert.Equal(3, _one.Requests);
    }

    [Fact]
    public async Task A_request_under_way_reaches_the_service_as_it_was_even_when_its_address_is_gone()
    {
        string Service(AppUpstream upstream) => $$"""
            _format_version: "3.0"
            services:
            - name: moving
              url: {{upstream.Address}}
              retries: 0
              routes: [{ paths: [/], plugins: [{ name: request-transformer, config: { add: { body: ["a:b"] } } }] }]
            """;
        await using var gateway = await TestGateway.StartAsync(Service(_two));
        await using var client = await gateway.ConnectAsync();
        // The plugin waits for the whole body, so the upstream is chosen after the change.
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{");
        await Poll.UntilAsync(() => gateway.Node.Snapshots.Current.InFlight.Count == 1, "the request is under way");
        await gateway.ApplyAsync(Service(_one));
        await client.SendAsync("}");
        var answer = await client.ReadAnswerAsync();
        Assert.Equal((200, "two"), (answer!.Status, answer.Body));
        Assert.Equal(0, _one.Requests);
    }

    string Document(int version, string checks, bool withOne = true) => $$"""
        _format_version: "3.0"
        upstreams:
        - name: pool
          healthchecks: {{checks}}
          targets: [{{(withOne ? $"{{ target: \"127.0.0.1:{_one.Port}\" }}, " : "")}}{ target: "127.0.0.1:{{_two.Port}}" }]
        services:
        - name: pooled
          host: pool
          routes: [{ name: pool, paths: [/pool] }, { name: version-{{version}}, paths: [/version/{{version}}] }]
        - name: limited
          url: {{_two.Address}}
          routes: [{ name: limited, paths: [/limited] }]
          plugins: [{ name: rate-limiting, config: { year: 5, limit_by: ip, policy: local } }]
        """;
}
