using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Authentication;

public class AuthenticationTests
{
    static readonly (string, string)[] Claims =
    [
        ("X-Consumer-ID", "root"), ("X-Consumer-Custom-ID", "root"), ("X-Consumer-Username", "root"),
        ("X-Credential-Identifier", "root"), ("X-Anonymous-Consumer", "no"),
    ];

    [Fact]
    public async Task The_upstream_is_told_who_is_calling()
    {
        var harness = new PluginHarness(Key("{}"));
        await harness.GetAsync("/", [("apikey", "alice-key"), .. Claims]);
        var headers = harness.Got!.Headers;
        Assert.Equal(Identities.AliceId, headers["X-Consumer-ID"]);
        Assert.Equal("crm-1", headers["X-Consumer-Custom-ID"]);
        Assert.Equal("alice", headers["X-Consumer-Username"]);
        Assert.Equal(Identities.AliceKeyId, headers["X-Credential-Identifier"]);
        Assert.False(headers.ContainsKey("X-Anonymous-Consumer"));
    }

    [Fact]
    public async Task Claims_of_the_client_are_dropped_even_where_the_consumer_has_no_such_value()
    {
        var harness = new PluginHarness(Key("{}"));
        await harness.GetAsync("/", [("apikey", "bob key+1"), .. Claims]);
        Assert.False(harness.Got!.Headers.ContainsKey("X-Consumer-Username"));
        Assert.Equal("crm-2", harness.Got.Headers["X-Consumer-Custom-ID"]);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData(Identities.NobodyId)]
    public async Task Without_a_good_credential_the_request_passes_as_the_anonymous_consumer(string anonymous)
    {
        var harness = new PluginHarness(Key($$"""{"anonymous":"{{anonymous}}"}"""));
        foreach (var key in new[] { "", "wrong" })
        {
            var got = await harness.GetAsync("/", [("apikey", key), .. Claims]);
            Assert.Equal(200, got.Status);
            Assert.False(got.Exchange.IsAuthenticated);
            Assert.Equal("nobody", got.Exchange.Consumer!.Username);
            var headers = harness.Got!.Headers;
            Assert.Equal("true", headers["X-Anonymous-Consumer"]);
            Assert.Equal("nobody", headers["X-Consumer-Username"]);
            Assert.Equal(Identities.NobodyId, headers["X-Consumer-ID"]);
            Assert.False(headers.ContainsKey("X-Credential-Identifier"));
            Assert.False(headers.ContainsKey("X-Consumer-Custom-ID"));
        }
    }

    [Fact]
    public async Task An_anonymous_consumer_that_does_not_exist_is_an_error_of_the_gateway()
    {
        var harness = new PluginHarness(Key("""{"anonymous":"ghost"}"""));
        var got = await harness.GetAsync("/");
        Assert.Equal(500, got.Status);
        Assert.Contains("\"anonymous consumer ghost is configured but doesn't exist\"", got.Body, StringComparison.Ordinal);
        Assert.Null(harness.Got);
        Assert.Equal(200, (await harness.GetAsync("/", ("apikey", "alice-key"))).Status);
    }

    [Theory]
    [InlineData("alice-key", "bob key+1", 200)]
    [InlineData("alice-key", "wrong", 401)]
    [InlineData("wrong", "bob key+1", 401)]
    [InlineData("", "", 401)]
    public async Task Without_anonymous_every_plugin_must_agree_and_the_last_one_counts(string first, string second, int status)
    {
        var harness = new PluginHarness(Key("""{"key_names":["first"]}"""), Key("""{"key_names":["second"]}"""));
        var got = await harness.GetAsync("/", ("first", first), ("second", second));
        Assert.Equal(status, got.Status);
        if (status == 200) Assert.Equal(Identities.BobId, got.Exchange.Consumer!.Id);
        if (status == 200) Assert.Equal(Identities.BobId, harness.Got!.Headers["X-Consumer-ID"]);
    }

    [Theory]
    [InlineData("alice-key", "wrong", Identities.AliceId)]
    [InlineData("alice-key", "bob key+1", Identities.AliceId)]
    [InlineData("wrong", "bob key+1", Identities.BobId)]
    [InlineData("wrong", "wrong", Identities.NobodyId)]
    public async Task With_anonymous_one_success_is_enough(string first, string second, string consumerId)
    {
        var harness = new PluginHarness(Key("""{"key_names":["first"],"anonymous":"nobody"}"""), Key("""{"key_names":["second"],"anonymous":"nobody"}"""));
        var got = await harness.GetAsync("/", ("first", first), ("second", second));
        Assert.Equal((200, consumerId), (got.Status, got.Exchange.Consumer!.Id));
        Assert.Equal(consumerId, harness.Got!.Headers["X-Consumer-ID"]);
        Assert.Equal(consumerId == Identities.NobodyId, harness.Got.Headers.ContainsKey("X-Anonymous-Consumer"));
    }

    [Fact]
    public async Task A_skipped_preflight_keeps_what_an_earlier_plugin_found()
    {
        var harness = new PluginHarness(Key("{}"), Key("""{"run_on_preflight":false}"""));
        await harness.SendAsync("OPTIONS", "/", null, ("apikey", "alice-key"));
        Assert.Equal("alice", harness.Got!.Headers["X-Consumer-Username"]);
    }

    static KeyAuth Key(string config) => PluginHarness.Create<KeyAuth, KeyAuth.Config>(config, Identities.Context());
}
