using System.Net;
using Microsoft.AspNetCore.Http;

namespace Weir.Acceptance;

/// <summary>Which upstream server a request reaches.</summary>
public sealed class BalancingTests : IAsyncLifetime
{
    AppUpstream _one = null!;
    AppUpstream _two = null!;

    public async ValueTask InitializeAsync()
    {
        _one = await AppUpstream.SayingAsync("one");
        _two = await AppUpstream.SayingAsync("two");
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Theory]
    [InlineData(100, 100, 10, 10)]
    [InlineData(10, 30, 10, 30)]
    [InlineData(1, 0, 8, 0)]
    public async Task Round_robin_gives_each_target_its_weight(int one, int two, int oneExpected, int twoExpected)
    {
        await using var gateway = await TestGateway.StartAsync(Pool("", (_one.Port, one), (_two.Port, two)));
        for (var i = 0; i < oneExpected + twoExpected; i++) await gateway.Client.GetStringAsync("/");
        Assert.Equal((oneExpected, twoExpected), (_one.Requests, _two.Requests));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_target_that_has_weight_the_answer_is_503(bool named)
    {
        await using var gateway = await TestGateway.StartAsync(named ? Pool("", (_one.Port, 0)) : Pool(""));
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("\"message\":\"failure to get a peer from the ring-balancer\"", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, _one.Requests);
    }

    [Fact]
    public async Task A_host_name_that_does_not_resolve_is_503()
    {
        await using var gateway = await TestGateway.StartAsync("""
            _format_version: "3.0"
            services:
            - { name: nowhere, host: no-such-host.invalid, routes: [{ paths: [/] }] }
            """);
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("\"message\":\"name resolution failed\"", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_header_that_is_hashed_sticks_to_one_target()
    {
        await using var gateway = await TestGateway.StartAsync(
            Pool("algorithm: consistent-hashing, hash_on: header, hash_on_header: X-Tenant, ", (_one.Port, 100), (_two.Port, 100)));
        var seen = new HashSet<string>();
        for (var tenant = 0; tenant < 20; tenant++)
        {
            var answers = new HashSet<string>();
            for (var i = 0; i < 3; i++) answers.Add(await GetAsync(gateway, "/", ("X-Tenant", "tenant-" + tenant)));
            seen.Add(Assert.Single(answers));
        }
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public async Task A_cookie_that_is_hashed_is_made_once_and_then_sticks()
    {
        await using var gateway = await TestGateway.StartAsync(
            Pool("algorithm: consistent-hashing, hash_on: cookie, hash_on_cookie: sticky, hash_on_cookie_path: /shop, ", (_one.Port, 100), (_two.Port, 100)));
        using var first = await gateway.Client.GetAsync("/");
        var cookie = first.Headers.GetValues("Set-Cookie").Single();
        Assert.Matches("^sticky=[0-9a-f-]{36}; Path=/shop; HttpOnly$", cookie);
        var word = await first.Content.ReadAsStringAsync();
        for (var i = 0; i < 10; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
            using var next = await gateway.Client.SendAsync(request);
            Assert.False(next.Headers.Contains("Set-Cookie"));
            Assert.Equal(word, await next.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task An_upstreams_cookies_are_kept_beside_the_one_the_gateway_makes()
    {
        await using var baker = await AppUpstream.StartAsync(static context =>
        {
            context.Response.Headers.SetCookie = "own=1";
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(
            Pool("algorithm: consistent-hashing, hash_on: cookie, hash_on_cookie: sticky, ", (baker.Port, 100)));
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(2, answer.Headers.GetValues("Set-Cookie").Count());
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("host_header: api.internal, ", "", "api.internal")]
    [InlineData("", "preserve_host: true, ", "client.example:8000")]
    [InlineData("host_header: api.internal, ", "preserve_host: true, ", "client.example:8000")]
    public async Task The_host_header_is_the_targets_the_upstreams_or_the_clients(string upstream, string route, string? expected)
    {
        await using var hosts = await AppUpstream.StartAsync(static context => context.Response.WriteAsync(context.Request.Host.Value!));
        await using var gateway = await TestGateway.StartAsync(Pool(upstream, route, (hosts.Port, 100)));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "client.example:8000" } };
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(expected ?? $"127.0.0.1:{hosts.Port}", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(512, 1)]
    [InlineData(0, 10)]
    public async Task Connections_are_used_again_unless_the_pool_has_no_place(int poolSize, int expected)
    {
        await using var gateway = await TestGateway.StartAsync(Pool("", (_one.Port, 100)), settings => settings with { UpstreamKeepalivePoolSize = poolSize });
        for (var i = 0; i < 10; i++) await gateway.Client.GetStringAsync("/");
        Assert.Equal(expected, _one.Connections);
    }

    [Fact]
    public async Task A_connection_is_given_up_after_its_requests()
    {
        await using var gateway = await TestGateway.StartAsync(
            Pool("", (_one.Port, 100)), static settings => settings with { UpstreamKeepaliveMaxRequests = 3 });
        for (var i = 0; i < 9; i++) await gateway.Client.GetStringAsync("/");
        Assert.Equal(3, _one.Connections);
    }

    [Fact]
    public async Task An_upstream_renamed_is_no_longer_found_under_the_old_name()
    {
        await using var gateway = await TestGateway.StartAsync(Pool("", (_one.Port, 100)));
        Assert.Equal("one", await gateway.Client.GetStringAsync("/"));
        var renamed = Pool("", (_one.Port, 100)).Replace("name: pool,", "name: renamed,", StringComparison.Ordinal);
        await gateway.ApplyAsync(renamed.Replace("host: pool", "host: pool.invalid", StringComparison.Ordinal));
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("name resolution failed", await answer.Content.ReadAsStringAsync());
    }

    static async Task<string> GetAsync(TestGateway gateway, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        using var answer = await gateway.Client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    static string Pool(string upstream, params (int Port, int Weight)[] targets) => Pool(upstream, "", targets);

    static string Pool(string upstream, string route, params (int Port, int Weight)[] targets)
    {
        var list = string.Join(", ", targets.Select(static target => $"{{ target: \"127.0.0.1:{target.Port}\", weight: {target.Weight} }}"));
        return $$"""
            _format_version: "3.0"
            upstreams:
            - { name: pool, {{upstream}}targets: [{{list}}] }
            services:
            - { name: pooled, host: pool, routes: [{ {{route}}paths: [/] }] }
            """;
    }
}
