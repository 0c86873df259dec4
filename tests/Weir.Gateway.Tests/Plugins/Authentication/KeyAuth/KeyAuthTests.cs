using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Authentication;

public class KeyAuthTests
{
    [Fact]
    public async Task A_request_without_key_is_refused()
    {
        var harness = Harness("{}");
        var got = await harness.GetAsync("/");
        Assert.Equal((401, "Key"), (got.Status, got.Headers.WWWAuthenticate.ToString()));
        Assert.Equal($"{{\n  \"message\":\"No API key found in request\",\n  \"request_id\":\"{got.Exchange.RequestId}\"\n}}", got.Body);
        Assert.Null(harness.Got);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("Alice-key")]
    [InlineData("alice-key ,alice-key")]
    public async Task A_wrong_key_is_refused(string key)
    {
        var got = await Harness("{}").GetAsync("/", ("apikey", key));
        Assert.Equal((401, "Key"), (got.Status, got.Headers.WWWAuthenticate.ToString()));
        Assert.Contains("\"Unauthorized\"", got.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apikey")]
    [InlineData("APIKEY")]
    public async Task A_key_in_a_header_identifies_the_consumer(string header)
    {
        var harness = Harness("{}");
        var got = await harness.GetAsync("/", (header, "alice-key"));
        Assert.Equal(200, got.Status);
        Assert.Equal("alice", got.Exchange.Consumer!.Username);
        Assert.Equal(Identities.AliceKeyId, got.Exchange.Credential!.Id);
        Assert.Equal("alice-key", harness.Got!.Headers["apikey"]);
    }

    [Theory]
    [InlineData("/?apikey=alice-key")]
    [InlineData("/x?a=1&apikey=alice-key&b=2")]
    [InlineData("/?api%6bey=alice%2Dkey")]
    [InlineData("/?apikey=bob+key%2B1")]
    public async Task A_key_in_the_query_identifies_the_consumer(string target)
    {
        var got = await Harness("{}").GetAsync(target);
        Assert.Equal(200, got.Status);
        Assert.True(got.Exchange.IsAuthenticated);
    }

    [Theory]
    [InlineData("/?apikey[]=alice-key")]
    [InlineData("/?apikey")]
    [InlineData("/?apikey=")]
    [InlineData("/?APIKEY=alice-key")]
    [InlineData("/?")]
    [InlineData("/?&&=&")]
    [InlineData("/?x=apikey=alice-key")]
    public async Task What_is_no_key_in_the_query_counts_as_none(string target)
    {
        var got = await Harness("{}").GetAsync(target);
        Assert.Equal(401, got.Status);
        Assert.Contains("No API key found in request", got.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/?apikey=alice-key&apikey=alice-key")]
    [InlineData("/?apikey=alice-key&apikey")]
    public async Task A_repeated_key_is_refused(string target)
    {
        var got = await Harness("{}").GetAsync(target);
        Assert.Equal((401, "Key"), (got.Status, got.Headers.WWWAuthenticate.ToString()));
        Assert.Contains("Duplicate API key found", got.Body, StringComparison.Ordinal);
        got = await Harness("{}").GetAsync("/", ("apikey", "alice-key"), ("apikey", "alice-key"));
        Assert.Contains("Duplicate API key found", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_realm_is_named()
    {
        var got = await Harness("""{"realm":"my \"api\""}""").GetAsync("/");
        Assert.Equal("""Key realm="my \"api\"" """.TrimEnd(), got.Headers.WWWAuthenticate);
    }

    [Fact]
    public async Task Each_name_is_looked_for_in_header_query_and_body_before_the_next()
    {
        var harness = Harness("""{"key_names":["first","second"]}""");
        Assert.Equal("alice", (await harness.GetAsync("/?first=alice-key", ("second", "bob key+1"))).Exchange.Consumer!.Username);
        Assert.Equal("alice", (await harness.GetAsync("/?first=bob+key%2B1", ("first", "alice-key"))).Exchange.Consumer!.Username);
        Assert.Equal("alice", (await harness.GetAsync("/?second=alice-key")).Exchange.Consumer!.Username);
    }

    [Fact]
    public async Task Places_can_be_switched_off()
    {
        Assert.Equal(401, (await Harness("""{"key_in_header":false}""").GetAsync("/", ("apikey", "alice-key"))).Status);
        Assert.Equal(200, (await Harness("""{"key_in_header":false}""").GetAsync("/?apikey=alice-key")).Status);
        Assert.Equal(401, (await Harness("""{"key_in_query":false}""").GetAsync("/?apikey=alice-key")).Status);
        Assert.Equal(200, (await Harness("""{"key_in_query":false}""").GetAsync("/", ("apikey", "alice-key"))).Status);
    }

    [Theory]
    [InlineData("api_key", "api_key", 200)]
    [InlineData("api_key", "api-key", 200)]
    [InlineData("api-key", "api-key", 200)]
    [InlineData("api-key", "api_key", 401)]
    public async Task A_name_with_underscores_also_finds_the_header_with_hyphens(string name, string header, int status) =>
        Assert.Equal(status, (await Harness($$"""{"key_names":["{{name}}"],"hide_credentials":true}""").GetAsync("/", (header, "alice-key"))).Status);

    [Fact]
    public async Task Hidden_keys_do_not_reach_the_upstream()
    {
        var harness = Harness("""{"hide_credentials":true,"key_names":["api_key"]}""");
        await harness.GetAsync("/?a=1&api_key=other&b=%20&c", ("api-key", "alice-key"));
        Assert.False(harness.Got!.Headers.ContainsKey("api-key"));
        Assert.Equal("?a=1&b=%20&c", harness.Got.Query);
        await harness.GetAsync("/?api_key=alice-key");
        Assert.Equal("", harness.Got.Query);
    }

    [Fact]
    public async Task Keys_are_left_in_place_unless_hidden()
    {
        var harness = Harness("{}");
        await harness.GetAsync("/?apikey=alice-key");
        Assert.Equal("?apikey=alice-key", harness.Got!.Query);
    }

    [Fact]
    public async Task Preflights_need_a_key_unless_they_are_let_through()
    {
        Assert.Equal(401, (await Harness("{}").SendAsync("OPTIONS", "/")).Status);
        var harness = Harness("""{"run_on_preflight":false}""");
        var claims = new[] { ("X-Consumer-Username", "root"), ("X-Credential-Identifier", "x"), ("X-Anonymous-Consumer", "x") };
        Assert.Equal(200, (await harness.SendAsync("OPTIONS", "/", null, claims)).Status);
        Assert.False(harness.Got!.Headers.ContainsKey("X-Consumer-Username"));
        Assert.False(harness.Got.Headers.ContainsKey("X-Credential-Identifier"));
        Assert.Equal(401, (await harness.GetAsync("/")).Status);
    }

    [Fact]
    public async Task A_key_with_ttl_expires()
    {
        var time = new ManualTime();
        var harness = new PluginHarness(PluginHarness.Create<KeyAuth, KeyAuth.Config>("{}", Identities.Context(time)));
        Assert.Equal(200, (await harness.GetAsync("/", ("apikey", "short-key"))).Status);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(401, (await harness.GetAsync("/", ("apikey", "short-key"))).Status);
        Assert.Equal(200, (await harness.GetAsync("/", ("apikey", "alice-key"))).Status);
    }

    [Fact]
    public async Task The_key_of_a_grpc_call_stands_in_its_metadata()
    {
        var harness = Harness("{}");
        Assert.Equal(200, (await harness.SendAsync("POST", "/pkg.Service/Call", "", ("Content-Type", "application/grpc"), ("apikey", "alice-key"))).Status);
        var refused = await harness.SendAsync("POST", "/pkg.Service/Call", "", ("Content-Type", "application/grpc"));
        Assert.Equal("16", refused.Headers["grpc-status"]);
    }

    [Fact]
    public void What_only_konnect_has_is_refused()
    {
        Assert.Empty(Check("""{"principals":{"enabled":false},"identity_realms":[{"scope":"cp"}]}"""));
        Assert.Equal(["principals.enabled"], Check("""{"principals":{"enabled":true}}"""));
        Assert.Equal(["identity_realms[1].scope"], Check("""{"identity_realms":[{"scope":"cp"},{"scope":"realm","region":"eu"}]}"""));
    }

    [Fact]
    public void A_realm_that_cannot_stand_in_a_header_is_refused()
    {
        Assert.Equal(["realm"], Check("""{"realm":"caf\u00e9"}"""));
        Assert.Equal(["realm"], Check("""{"realm":"a\r\nb"}"""));
        Assert.Equal(["realm"], Check("""{"realm":""}"""));
    }

    [Fact]
    public void Names_must_be_header_names_and_fields_must_be_known()
    {
        Assert.Equal(["key_names[1]"], Check("""{"key_names":["ok","not ok"]}"""));
        Assert.NotEmpty(Check("""{"key_name":"apikey"}"""));
        Assert.Equal(["anonymous"], Check("""{"anonymous":""}"""));
    }

    static string[] Check(string config) => [.. PluginHarness.Check<KeyAuth, KeyAuth.Config>(config).Select(problem => problem.Field)];

    static PluginHarness Harness(string config) => new(PluginHarness.Create<KeyAuth, KeyAuth.Config>(config, Identities.Context()));
}
