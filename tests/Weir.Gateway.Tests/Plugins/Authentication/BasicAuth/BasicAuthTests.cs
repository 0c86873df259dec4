using System.Text;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Authentication;

public class BasicAuthTests
{
    [Theory]
    [InlineData("al", "pass:word", Identities.AliceId)]
    [InlineData("bób", "pässwörd", Identities.BobId)]
    public async Task The_right_password_identifies_the_consumer(string username, string password, string consumerId)
    {
        var harness = Harness("{}");
        var got = await harness.GetAsync("/", Authorization(username, password), ("X-Consumer-ID", "root"));
        Assert.Equal((200, consumerId), (got.Status, got.Exchange.Consumer!.Id));
        Assert.Equal(username, got.Exchange.Credential!.Identifier);
        Assert.Equal(consumerId, harness.Got!.Headers["X-Consumer-ID"]);
        Assert.Equal(username, harness.Got.Headers["X-Credential-Identifier"]);
        Assert.True(harness.Got.Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData("al", "password")]
    [InlineData("al", "")]
    [InlineData("AL", "pass:word")]
    [InlineData("stranger", "pass:word")]
    [InlineData("", "pass:word")]
    public async Task Every_other_pair_is_refused(string username, string password)
    {
        var harness = Harness("{}");
        var got = await harness.GetAsync("/", Authorization(username, password));
        Assert.Equal((401, "Basic realm=\"service\""), (got.Status, got.Headers.WWWAuthenticate.ToString()));
        Assert.Contains("\"Unauthorized\"", got.Body, StringComparison.Ordinal);
        Assert.Null(harness.Got);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!!")]
    [InlineData("Basic YWw6cGFzczp3b3Jk=")]
    [InlineData("Basic YWw=")]
    [InlineData("BasicYWw6cGFzczp3b3Jk")]
    [InlineData("Bearer YWw6cGFzczp3b3Jk")]
    [InlineData("YWw6cGFzczp3b3Jk")]
    [InlineData("Basic YWw6cGFzczp3b3Jk, Basic YWw6cGFzczp3b3Jk")]
    public async Task What_is_no_basic_credential_is_refused(string header) =>
        Assert.Equal(401, (await Harness("{}").GetAsync("/", ("Authorization", header))).Status);

    [Theory]
    [InlineData("basic YWw6cGFzczp3b3Jk")]
    [InlineData("BASIC   YWw6cGFzczp3b3Jk ")]
    [InlineData("Basic\tYWw6cGFzczp3b3Jk")]
    public async Task Scheme_and_spaces_may_vary(string header) => Assert.Equal(200, (await Harness("{}").GetAsync("/", ("Authorization", header))).Status);

    [Fact]
    public async Task A_request_without_or_with_two_headers_is_refused()
    {
        Assert.Equal(401, (await Harness("{}").GetAsync("/")).Status);
        Assert.Equal(401, (await Harness("{}").GetAsync("/", Authorization("al", "pass:word"), Authorization("al", "pass:word"))).Status);
    }

    [Fact]
    public async Task Overlong_credentials_are_refused()
    {
        var longest = BasicCredentials.BytesMax - "al:".Length;
        Assert.Equal(401, (await Harness("{}").GetAsync("/", Authorization("al", new string('x', longest)))).Status);
        Assert.Equal(401, (await Harness("{}").GetAsync("/", Authorization("al", new string('x', longest + 1)))).Status);
        Assert.Equal(401, (await Harness("{}").GetAsync("/", Authorization(new string('x', 1500), "x"))).Status);
    }

    [Fact]
    public async Task Proxy_authorization_comes_first()
    {
        var harness = Harness("""{"hide_credentials":true}""");
        var got = await harness.GetAsync("/", ("Proxy-Authorization", Authorization("al", "pass:word").Value), Authorization("bób", "pässwörd"));
        Assert.Equal("alice", got.Exchange.Consumer!.Username);
        Assert.False(harness.Got!.Headers.ContainsKey("Proxy-Authorization"));
        got = await harness.GetAsync("/", ("Proxy-Authorization", "Bearer x"), Authorization("al", "pass:word"));
        Assert.Equal("alice", got.Exchange.Consumer!.Username);
        Assert.False(harness.Got!.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task The_realm_is_named()
    {
        var got = await Harness("""{"realm":"orders"}""").GetAsync("/");
        Assert.Equal("Basic realm=\"orders\"", got.Headers.WWWAuthenticate);
    }

    [Fact]
    public async Task An_anonymous_consumer_stands_in()
    {
        var harness = Harness("""{"anonymous":"nobody"}""");
        Assert.Equal("nobody", (await harness.GetAsync("/", Authorization("al", "wrong"))).Exchange.Consumer!.Username);
        Assert.Equal("alice", (await harness.GetAsync("/", Authorization("al", "pass:word"))).Exchange.Consumer!.Username);
    }

    [Fact]
    public async Task Either_key_or_password_is_enough_when_both_plugins_allow_anonymous()
    {
        var context = Identities.Context();
        var key = PluginHarness.Create<KeyAuth, KeyAuth.Config>("""{"anonymous":"nobody"}""", context);
        var basic = PluginHarness.Create<BasicAuth, BasicAuth.Config>("""{"anonymous":"nobody"}""", context);
        var harness = new PluginHarness(key, basic);
        Assert.Equal(Identities.BobId, (await harness.GetAsync("/", Authorization("bób", "pässwörd"))).Exchange.Consumer!.Id);
        Assert.Equal(Identities.AliceId, (await harness.GetAsync("/", Authorization("bób", "pässwörd"), ("apikey", "alice-key"))).Exchange.Consumer!.Id);
        Assert.Equal(Identities.NobodyId, (await harness.GetAsync("/")).Exchange.Consumer!.Id);
    }

    [Fact]
    public async Task Guessing_blocks_the_name_for_twice_as_long_each_time()
    {
        var time = new ManualTime();
        var plugin = PluginHarness.Create<BasicAuth, BasicAuth.Config>("""{"brute_force_protection":{"strategy":"memory"}}""", Identities.Context(time));
        var harness = new PluginHarness(plugin);
        var statuses = new List<(int, string)>();
        for (var i = 0; i < 4; i++)
        {
            var got = await harness.GetAsync("/", Authorization("al", "guess" + i));
            statuses.Add((got.Status, got.Headers.RetryAfter.ToString()));
        }
        Assert.Equal([(401, ""), (401, ""), (429, "8"), (429, "16")], statuses);
        var right = await harness.GetAsync("/", Authorization("al", "pass:word"));
        Assert.Equal((429, "32"), (right.Status, right.Headers.RetryAfter.ToString()));
        Assert.Equal(200, (await harness.GetAsync("/", Authorization("bób", "pässwörd"))).Status);
        time.Advance(TimeSpan.FromSeconds(32));
        Assert.Equal(200, (await harness.GetAsync("/", Authorization("al", "pass:word"))).Status);
        Assert.Equal(401, (await harness.GetAsync("/", Authorization("al", "guess"))).Status);
    }

    [Fact]
    public async Task Guessing_is_free_unless_protection_is_on()
    {
        var harness = Harness("{}");
        for (var i = 0; i < 5; i++) Assert.Equal(401, (await harness.GetAsync("/", Authorization("al", "guess"))).Status);
        Assert.Equal(200, (await harness.GetAsync("/", Authorization("al", "pass:word"))).Status);
    }

    [Theory]
    [InlineData("""{"brute_force_protection":{"strategy":"redis","redis":{"host":"r"}}}""", "brute_force_protection.strategy")]
    [InlineData("""{"brute_force_protection":{"strategy":"cluster"}}""", "brute_force_protection.strategy")]
    [InlineData("""{"principals":{"enabled":true}}""", "principals.enabled")]
    public void What_cannot_be_honoured_is_refused(string config, string field) =>
        Assert.Equal([field], PluginHarness.Check<BasicAuth, BasicAuth.Config>(config).Select(problem => problem.Field));

    static (string Name, string Value) Authorization(string username, string password) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(username + ":" + password)));

    static PluginHarness Harness(string config) => new(PluginHarness.Create<BasicAuth, BasicAuth.Config>(config, Identities.Context()));
}
