using Weir.Gateway.Plugins;
using Weir.Gateway.Tests.Plugins.Authentication;

namespace Weir.Gateway.Tests.Plugins.Security;

public class AclTests
{
    [Theory]
    [InlineData("""{"allow":["read"]}""", "alice-key", 200)]
    [InlineData("""{"allow":["admin","write"]}""", "alice-key", 200)]
    [InlineData("""{"allow":["admin"]}""", "alice-key", 403)]
    [InlineData("""{"allow":["READ"]}""", "alice-key", 403)]
    [InlineData("""{"allow":["read"]}""", "bob key+1", 403)]
    [InlineData("""{"deny":["write"]}""", "alice-key", 403)]
    [InlineData("""{"deny":["admin"]}""", "alice-key", 200)]
    [InlineData("""{"deny":["read"]}""", "bob key+1", 200)]
    [InlineData("""{"allow":["gold"]}""", "alice-key", 403)]
    [InlineData("""{"allow":["gold"],"include_consumer_groups":true}""", "alice-key", 200)]
    [InlineData("""{"allow":["read"],"include_consumer_groups":true}""", "alice-key", 200)]
    [InlineData("""{"allow":["gold"],"include_consumer_groups":true}""", "bob key+1", 403)]
    [InlineData("""{"deny":["gold"],"include_consumer_groups":true}""", "alice-key", 403)]
    [InlineData("""{"deny":["gold"]}""", "alice-key", 200)]
    public async Task Groups_decide(string config, string key, int status)
    {
        var got = await Harness(config).GetAsync("/", ("apikey", key));
        Assert.Equal(status, got.Status);
        if (status == 403) Assert.Contains("\"You cannot consume this service\"", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_refused_with_401()
    {
        var harness = new PluginHarness(Acl("""{"deny":["read"]}"""));
        var got = await harness.GetAsync("/");
        Assert.Equal(401, got.Status);
        Assert.Contains("\"Unauthorized\"", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_of_no_consumer_is_refused_with_403()
    {
        var harness = new PluginHarness(new Caller(exchange => exchange.Authenticate(null, new Credential("x", null, null))), Acl("""{"deny":["read"]}"""));
        Assert.Equal(403, (await harness.GetAsync("/")).Status);
    }

    [Fact]
    public async Task The_upstream_is_told_the_groups()
    {
        var harness = Harness("""{"allow":["read"]}""");
        await harness.GetAsync("/", ("apikey", "alice-key"), ("X-Consumer-Groups", "admin"), ("X-Authenticated-Groups", "admin"));
        Assert.Equal("write, read", harness.Got!.Headers["X-Consumer-Groups"]);
        Assert.False(harness.Got.Headers.ContainsKey("X-Authenticated-Groups"));
        harness = Harness("""{"allow":["read"],"include_consumer_groups":true}""");
        await harness.GetAsync("/", ("apikey", "alice-key"));
        Assert.Equal("write, read, gold", harness.Got!.Headers["X-Consumer-Groups"]);
    }

    [Theory]
    [InlineData("""{"allow":["read"],"hide_groups_header":true}""", "alice-key")]
    [InlineData("""{"deny":["admin"]}""", "bob key+1")]
    public async Task No_groups_header_of_the_client_gets_through(string config, string key)
    {
        var harness = Harness(config);
        Assert.Equal(200, (await harness.GetAsync("/", ("apikey", key), ("X-Consumer-Groups", "admin"))).Status);
        Assert.False(harness.Got!.Headers.ContainsKey("X-Consumer-Groups"));
    }

    [Theory]
    [InlineData("""{"allow":["ldap"]}""", "", 200, "X-Authenticated-Groups", "ldap, staff")]
    [InlineData("""{"allow":["read"]}""", "", 403, "", "")]
    [InlineData("""{"allow":["ldap"]}""", "alice-key", 403, "", "")]
    [InlineData("""{"allow":["read"]}""", "alice-key", 200, "X-Consumer-Groups", "write, read")]
    [InlineData("""{"allow":["ldap"],"always_use_authenticated_groups":true}""", "alice-key", 200, "X-Authenticated-Groups", "ldap, staff")]
    [InlineData("""{"allow":["read"],"always_use_authenticated_groups":true}""", "alice-key", 403, "", "")]
    public async Task Groups_of_the_credential_count_unless_a_real_consumer_is_known(string config, string key, int status, string header, string value)
    {
        var claims = new Caller(exchange => exchange.AuthenticatedGroups = ["ldap", "staff"]);
        var harness = new PluginHarness(Key(), claims, Acl(config));
        Assert.Equal(status, (await harness.GetAsync("/", ("apikey", key))).Status);
        if (status == 200) Assert.Equal(value, harness.Got!.Headers[header]);
    }

    [Fact]
    public async Task Without_groups_of_the_credential_those_of_the_consumer_count()
    {
        var harness = new PluginHarness(Key(), Acl("""{"allow":["guests"],"always_use_authenticated_groups":true}"""));
        Assert.Equal(200, (await harness.GetAsync("/")).Status);
        Assert.Equal("guests", harness.Got!.Headers["X-Consumer-Groups"]);
    }

    [Theory]
    [InlineData("{}", "at least one of these fields must be non-empty: 'allow', 'deny'")]
    [InlineData("""{"allow":[]}""", "at least one of these fields must be non-empty: 'allow', 'deny'")]
    [InlineData("""{"allow":["a"],"deny":["b"]}""", "only one or none of these fields must be set: 'allow', 'deny'")]
    public void Either_allow_or_deny_must_be_given(string config, string message) =>
        Assert.Equal([("", message)], PluginHarness.Check<Acl, Acl.Config>(config));

    static PluginHarness Harness(string config) => new(PluginHarness.Create<KeyAuth, KeyAuth.Config>("{}", Identities.Context()), Acl(config));

    static KeyAuth Key() => PluginHarness.Create<KeyAuth, KeyAuth.Config>("""{"anonymous":"nobody"}""", Identities.Context());

    static Acl Acl(string config) => PluginHarness.Create<Acl, Acl.Config>(config);

    sealed class Caller(Action<Exchange> act) : IOnRequest
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            act(exchange);
            return Verdict.Continue;
        }
    }
}
