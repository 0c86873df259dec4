using System.Net;

namespace Weir.Acceptance;

/// <summary>Routes that only take HTTPS, and who may say that a request came over it.</summary>
public sealed class HttpsOnlyTests
{
    [Fact]
    public async Task Plain_http_is_answered_426()
    {
        await using var gateway = await TestGateway.StartAsync(Document("426"));
        using var answer = await gateway.Client.GetAsync("/a?b=c");
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal("TLS/1.2, HTTP/1.1", answer.Headers.Upgrade.ToString());
        Assert.Contains("Upgrade", answer.Headers.Connection);
        Assert.Contains("\"message\":\"Please use HTTPS protocol\"", await answer.Content.ReadAsStringAsync());
        using var secure = TestGateway.NewClient(gateway.ProxyTls);
        Assert.Contains("inside", await secure.GetStringAsync("/a"));
    }

    [Theory]
    [InlineData("301")]
    [InlineData("302")]
    [InlineData("307")]
    [InlineData("308")]
    public async Task Or_redirected(string status)
    {
        await using var gateway = await TestGateway.StartAsync(Document(status));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a%20b?b=c&d") { Headers = { Host = "shop.example" } };
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(status, ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("https://shop.example/a%20b?b=c&d", answer.Headers.NonValidated["Location"].ToString());
    }

    [Theory]
    [InlineData(false, "https", 426)]
    [InlineData(true, "https", 200)]
    [InlineData(true, "HTTPS", 200)]
    [InlineData(true, "http", 426)]
    [InlineData(true, "nonsense", 426)]
    [InlineData(true, null, 426)]
    public async Task Only_a_trusted_peer_may_say_that_it_was_https(bool isTrusted, string? said, int status)
    {
        string[] trusted = isTrusted ? ["127.0.0.1"] : ["10.0.0.0/8"];
        await using var gateway = await TestGateway.StartAsync(Document("426"), settings => settings with { TrustedIps = trusted });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (said is not null) request.Headers.Add("X-Forwarded-Proto", said);
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Http2_over_tls_serves_many_streams_of_one_connection()
    {
        await using var gateway = await TestGateway.StartAsync(Document("426"));
        using var client = TestGateway.NewClient(gateway.ProxyTls, HttpVersion.Version20);
        (await client.GetAsync("/")).Dispose();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => client.GetAsync("/" + i)));
        foreach (var answer in answers)
        {
            Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
            Assert.False(answer.Headers.Contains("Connection"));
        }
        using var status = TestGateway.NewClient(gateway.Status);
        Assert.Contains("weir_connections_total 1\n", await status.GetStringAsync("/metrics"));
    }

    static string Document(string status) => $$"""
        _format_version: "3.0"
        routes:
        - name: secure
          protocols: [https]
          https_redirect_status_code: {{status}}
          paths: [/]
          plugins: [{ name: request-termination, config: { status_code: 200, message: inside } }]
        """;
}
