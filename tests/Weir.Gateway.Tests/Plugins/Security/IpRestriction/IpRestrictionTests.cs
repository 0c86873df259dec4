using System.Net;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins.Security;

public class IpRestrictionTests
{
    [Theory]
    [InlineData("""{"allow":["192.0.2.7"]}""", "192.0.2.7", 200)]
    [InlineData("""{"allow":["192.0.2.7"]}""", "192.0.2.8", 403)]
    [InlineData("""{"allow":["192.0.2.0/24","10.0.0.1"]}""", "192.0.2.255", 200)]
    [InlineData("""{"allow":["192.0.2.0/24"]}""", "192.0.3.0", 403)]
    [InlineData("""{"allow":["192.0.2.77/24"]}""", "192.0.2.1", 200)]
    [InlineData("""{"deny":["198.51.100.0/24"]}""", "198.51.100.9", 403)]
    [InlineData("""{"deny":["198.51.100.0/24"]}""", "198.51.101.9", 200)]
    [InlineData("""{"allow":["203.0.113.0/24"],"deny":["203.0.113.5"]}""", "203.0.113.5", 403)]
    [InlineData("""{"allow":["203.0.113.0/24"],"deny":["203.0.113.5"]}""", "203.0.113.6", 200)]
    [InlineData("""{"allow":["203.0.113.0/24"],"deny":["203.0.113.5"]}""", "203.0.114.6", 403)]
    [InlineData("""{"allow":["2001:db8::/32"]}""", "2001:db8:ffff::1", 200)]
    [InlineData("""{"allow":["2001:db8::/32"]}""", "2001:db9::1", 403)]
    [InlineData("""{"allow":["2001:db8::/32"]}""", "192.0.2.1", 403)]
    [InlineData("""{"deny":["::/0"]}""", "192.0.2.1", 200)]
    [InlineData("""{"deny":["::/0"]}""", "2001:db8::1", 403)]
    [InlineData("""{"deny":["0.0.0.0/0"]}""", "192.0.2.1", 403)]
    [InlineData("""{"deny":["0.0.0.0/0"]}""", "::1", 200)]
    [InlineData("""{"allow":["::ffff:192.0.2.0/120"]}""", "192.0.2.1", 200)]
    [InlineData("""{"allow":["192.0.2.0/24"]}""", "::ffff:192.0.2.1", 200)]
    public async Task Addresses_decide(string config, string client, int status)
    {
        var harness = Harness(config);
        harness.ClientIp = client;
        Assert.Equal(status, (await harness.GetAsync("/")).Status);
    }

    [Fact]
    public async Task The_refusal_names_the_address()
    {
        var got = await Harness("""{"deny":["192.0.2.7"]}""").GetAsync("/");
        Assert.Equal($"{{\n  \"message\":\"IP address not allowed: 192.0.2.7\",\n  \"request_id\":\"{got.Exchange.RequestId}\"\n}}", got.Body);
    }

    [Fact]
    public async Task Status_and_message_can_be_set()
    {
        var got = await Harness("""{"deny":["192.0.2.7"],"status":404,"message":"nothing here"}""").GetAsync("/");
        Assert.Equal(404, got.Status);
        Assert.Contains("\"nothing here\"", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_address_is_refused()
    {
        var harness = Harness("""{"deny":["10.0.0.1"]}""");
        harness.ClientIp = IPAddress.None.ToString();
        var got = await harness.GetAsync("/");
        Assert.Equal(403, got.Status);
        Assert.Contains("Cannot identify the client IP address", got.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"allow":[],"deny":null}""", "")]
    [InlineData("""{"allow":["10.0.0.1","10.0.0"]}""", "allow[1]")]
    [InlineData("""{"deny":["10.0.0.0/33"]}""", "deny[0]")]
    [InlineData("""{"deny":["::/129"]}""", "deny[0]")]
    [InlineData("""{"deny":["example.com"]}""", "deny[0]")]
    [InlineData("""{"deny":["10.0.0.1"],"status":99}""", "status")]
    public void Bad_settings_are_reported(string config, string field) =>
        Assert.Equal([field], PluginHarness.Check<IpRestriction, IpRestriction.Config>(config).Select(problem => problem.Field));

    static PluginHarness Harness(string config) => new(PluginHarness.Create<IpRestriction, IpRestriction.Config>(config));
}
