using Microsoft.AspNetCore.Http;

namespace Weir.Acceptance;

/// <summary>Headers that the gateway adds to answers, and those that say how an answer came about.</summary>
public sealed class ResponseHeaderTests : IAsyncLifetime
{
    static readonly string[] Own =
        ["Server", "Via", "X-Kong-Proxy-Latency", "X-Kong-Upstream-Latency", "X-Kong-Response-Latency", "X-Kong-Upstream-Status", "X-Kong-Request-Id"];

    AppUpstream _upstream = null!;

    public async ValueTask InitializeAsync() => _upstream = await AppUpstream.StartAsync(static context =>
    {
        context.Response.StatusCode = 201;
        context.Response.Headers.Server = "upstream/1";
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("x");
    });

    public async ValueTask DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData("server_tokens,latency_tokens,X-Kong-Request-Id",
        "Server Via X-Kong-Proxy-Latency X-Kong-Upstream-Latency X-Kong-Request-Id", "Server X-Kong-Response-Latency X-Kong-Request-Id")]
    [InlineData("off", "Server", "")]
    [InlineData("server_tokens", "Server Via", "Server")]
    [InlineData("via", "Server Via", "")]
    [InlineData("SERVER", "Server", "Server")]
    [InlineData("latency_tokens", "Server X-Kong-Proxy-Latency X-Kong-Upstream-Latency", "X-Kong-Response-Latency")]
    [InlineData("x-kong-upstream-status", "Server X-Kong-Upstream-Status", "")]
    [InlineData("X-Kong-Request-Id", "Server X-Kong-Request-Id", "X-Kong-Request-Id")]
    public async Task The_setting_chooses_the_headers(string setting, string proxied, string answered)
    {
        await using var gateway = await StartAsync(setting.Split(','));
        using var one = await gateway.Client.GetAsync("/proxied");
        Assert.Equal(proxied, Present(one));
        Assert.Equal("upstream/1", one.Headers.Server.ToString());
        if (proxied.Contains("Via", StringComparison.Ordinal)) Assert.StartsWith("1.1 kong/", one.Headers.Via.ToString(), StringComparison.Ordinal);
        foreach (var path in new[] { "/answered", "/nowhere" })
        {
            using var other = await gateway.Client.GetAsync(path);
            Assert.Equal(answered, Present(other));
            if (answered.StartsWith("Server", StringComparison.Ordinal)) Assert.StartsWith("kong/", other.Headers.Server.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_upstreams_status_is_its_own_even_when_a_plugin_answers_otherwise()
    {
        await using var gateway = await StartAsync(["X-Kong-Upstream-Status"]);
        using var proxied = await gateway.Client.GetAsync("/proxied");
        Assert.Equal("201", proxied.Headers.GetValues("X-Kong-Upstream-Status").Single());
        using var refused = await gateway.Client.GetAsync("/answered");
        Assert.False(refused.Headers.Contains("X-Kong-Upstream-Status"));
    }

    [Theory]
    [InlineData(true, "1", true)]
    [InlineData(true, "0", false)]
    [InlineData(true, null, false)]
    [InlineData(false, "1", false)]
    public async Task Kong_debug_names_route_and_service_where_allowed(bool allowed, string? asked, bool named)
    {
        await using var gateway = await StartAsync(["off"], allowed);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/proxied");
        if (asked is not null) request.Headers.Add("Kong-Debug", asked);
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(named ? "proxied" : null, Header(answer, "Kong-Route-Name"));
        Assert.Equal(named ? "words" : null, Header(answer, "Kong-Service-Name"));
        Assert.Equal(named, Guid.TryParse(Header(answer, "Kong-Route-Id"), out _));
        Assert.Equal(named, Guid.TryParse(Header(answer, "Kong-Service-Id"), out _));
    }

    [Fact]
    public async Task Kong_debug_without_a_route_names_nothing()
    {
        await using var gateway = await StartAsync(["off"], allowDebug: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere") { Headers = { { "Kong-Debug", "1" } } };
        using var answer = await gateway.Client.SendAsync(request);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Kong-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_content_type_without_a_charset_stays_without()
    {
        await using var gateway = await StartAsync(["off"]);
        using var answer = await gateway.Client.GetAsync("/proxied");
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Latencies_are_whole_milliseconds()
    {
        await using var gateway = await StartAsync(["latency_tokens"]);
        using var answer = await gateway.Client.GetAsync("/proxied");
        foreach (var name in new[] { "X-Kong-Proxy-Latency", "X-Kong-Upstream-Latency" }) Assert.Matches(@"^\d+$", Header(answer, name));
    }

    static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    static string Present(HttpResponseMessage answer) => string.Join(' ', Own.Where(answer.Headers.Contains));

    Task<TestGateway> StartAsync(string[] headers, bool allowDebug = false) => TestGateway.StartAsync($$"""
        _format_version: "3.0"
        services:
        - name: words
          url: "{{_upstream.Address}}"
          routes:
          - { name: proxied, paths: [/proxied] }
          - { name: answered, paths: [/answered], plugins: [{ name: request-termination, config: { status_code: 203 } }] }
        """, settings => settings with { Headers = headers, AllowDebugHeader = allowDebug });
}
