using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Security;

public class BotDetectionTests
{
    const string Browser = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

    [Theory]
    [InlineData("Googlebot/2.1 (+http://www.google.com/bot.html)")]
    [InlineData("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")]
    [InlineData("facebookexternalhit/1.1")]
    [InlineData("GPTBOT")]
    [InlineData("sqlmap/1.7")]
    public async Task Known_bots_are_refused(string agent)
    {
        var got = await Harness("{}").GetAsync("/", ("User-Agent", agent));
        Assert.Equal(403, got.Status);
        Assert.Contains("\"Forbidden\"", got.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Browser)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [Pinterest/iOS]")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0")]
    [InlineData("curl/8.5.0")]
    [InlineData("python-requests/2.32.3")]
    [InlineData("Go-http-client/2.0")]
    [InlineData("kong-client")]
    [InlineData("  ")]
    public async Task Everybody_else_passes(string agent) => Assert.Equal(200, (await Harness("{}").GetAsync("/", ("User-Agent", agent))).Status);

    [Fact]
    public async Task Nobody_needs_a_user_agent() => Assert.Equal(200, (await Harness("""{"deny":[".*"]}""").GetAsync("/")).Status);

    [Fact]
    public async Task Several_user_agents_are_refused()
    {
        var got = await Harness("{}").GetAsync("/", ("User-Agent", "one"), ("User-Agent", "two"));
        Assert.Equal(400, got.Status);
        Assert.Contains("\"Bad request\"", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Own_patterns_refuse_and_allow()
    {
        var harness = Harness("""{"allow":["^Googlebot/2\\.1","good"],"deny":["bad","(?i)worse"]}""");
        Assert.Equal(200, (await harness.GetAsync("/", ("User-Agent", "Googlebot/2.1"))).Status);
        Assert.Equal(403, (await harness.GetAsync("/", ("User-Agent", "Googlebot/2x1"))).Status);
        Assert.Equal(403, (await harness.GetAsync("/", ("User-Agent", "a bad one"))).Status);
        Assert.Equal(200, (await harness.GetAsync("/", ("User-Agent", "a BAD one"))).Status);
        Assert.Equal(403, (await harness.GetAsync("/", ("User-Agent", "WORSE"))).Status);
        Assert.Equal(200, (await harness.GetAsync("/", ("User-Agent", "good and bad"))).Status);
    }

    [Theory]
    [InlineData("""{"allow":["ok","("]}""", "allow[1]")]
    [InlineData("""{"deny":["(?=x)"]}""", "deny[0]")]
    [InlineData("""{"deny":["(a)\\1"]}""", "deny[0]")]
    public void Patterns_that_cannot_run_in_linear_time_are_reported(string config, string field) =>
        Assert.Equal([field], PluginHarness.Check<BotDetection, BotDetection.Config>(config).Select(problem => problem.Field));

    static PluginHarness Harness(string config) => new(PluginHarness.Create<BotDetection, BotDetection.Config>(config));
}
