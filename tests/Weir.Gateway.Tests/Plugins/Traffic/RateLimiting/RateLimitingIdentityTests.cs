using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class RateLimitingIdentityTests
{
    static readonly Consumer Joe = new("aaaaaaaa-0000-4000-8000-000000000001", "joe", null, [], [new("bbbbbbbb-0000-4000-8000-000000000001", "gold")], [],
        default);
    static readonly Consumer Ann = new("aaaaaaaa-0000-4000-8000-000000000002", "ann", null, [], [new("bbbbbbbb-0000-4000-8000-000000000001", "gold")], [],
        default);
    static readonly Credential Key1 = new("cccccccc-0000-4000-8000-000000000001", Joe.Id, null);
    static readonly Credential Key2 = new("cccccccc-0000-4000-8000-000000000002", Joe.Id, null);

    readonly ManualTime _time = new();
    readonly Caller _caller = new();

    [Fact]
    public async Task By_consumer_counts_all_of_a_consumers_credentials_and_addresses_together()
    {
        var gateway = Gateway("""{"minute": 2}""");
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key1, "192.0.2.1"));
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key2, "192.0.2.2"));
        Assert.Equal(429, await StatusAsync(gateway, Joe, Key1, "192.0.2.3"));
        Assert.Equal(200, await StatusAsync(gateway, Ann, null, "192.0.2.1"));
    }

    [Fact]
    public async Task By_consumer_falls_back_to_the_credential_and_then_to_the_address()
    {
        var gateway = Gateway("""{"minute": 1, "limit_by": "consumer"}""");
        Assert.Equal(200, await StatusAsync(gateway, null, Key1, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, null, Key1, "192.0.2.2"));
        Assert.Equal(200, await StatusAsync(gateway, null, null, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, null, null, "192.0.2.1"));
        Assert.Equal(200, await StatusAsync(gateway, null, null, "192.0.2.2"));
    }

    [Fact]
    public async Task By_credential_counts_each_credential_and_falls_back_to_the_address()
    {
        var gateway = Gateway("""{"minute": 1, "limit_by": "credential"}""");
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key1, "192.0.2.1"));
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key2, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, Joe, Key1, "192.0.2.2"));
        Assert.Equal(200, await StatusAsync(gateway, Joe, null, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, Ann, null, "192.0.2.1"));
    }

    [Fact]
    public async Task By_ip_does_not_care_who_is_calling()
    {
        var gateway = Gateway("""{"minute": 1, "limit_by": "ip"}""");
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key1, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, Ann, null, "192.0.2.1"));
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key1, "2001:db8::1"));
        Assert.Equal(429, await StatusAsync(gateway, Joe, Key1, "2001:db8::1"));
    }

    [Fact]
    public async Task By_service_counts_everybody_together()
    {
        var gateway = Gateway("""{"minute": 1, "limit_by": "service"}""");
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key1, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, Ann, null, "192.0.2.2"));
    }

    [Fact]
    public async Task By_header_counts_each_value_and_falls_back_to_the_address()
    {
        var gateway = Gateway("""{"minute": 1, "limit_by": "header", "header_name": "X-Tenant"}""");
        Assert.Equal(200, (await gateway.GetAsync("/", ("x-tenant", "a"))).Status);
        Assert.Equal(429, (await gateway.GetAsync("/", ("X-Tenant", "a"))).Status);
        Assert.Equal(200, (await gateway.GetAsync("/", ("X-Tenant", "b"))).Status);
        Assert.Equal(200, (await gateway.GetAsync("/")).Status);
        Assert.Equal(429, (await gateway.GetAsync("/", ("X-Tenant", ""))).Status);
    }

    [Fact]
    public async Task By_path_counts_that_path_and_falls_back_to_the_address()
    {
        var gateway = Gateway("""{"minute": 1, "limit_by": "path", "path": "/reports"}""");
        gateway.ClientIp = "192.0.2.1";
        Assert.Equal(200, (await gateway.GetAsync("/reports")).Status);
        gateway.ClientIp = "192.0.2.2";
        Assert.Equal(429, (await gateway.GetAsync("/reports")).Status);
        Assert.Equal(200, (await gateway.GetAsync("/reports/1")).Status);
        Assert.Equal(429, (await gateway.GetAsync("/other")).Status);
    }

    [Fact]
    public async Task By_consumer_group_counts_a_groups_consumers_together()
    {
        var gateway = Gateway("""{"minute": 1, "limit_by": "consumer-group"}""");
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key1, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, Ann, null, "192.0.2.2"));
        Assert.Equal(200, await StatusAsync(gateway, null, null, "192.0.2.1"));
    }

    [Fact]
    public async Task An_instance_of_a_group_counts_for_that_group_whatever_other_groups_its_consumers_are_in()
    {
        var house = PluginHarness.Context(_time);
        var context = new PluginContext
        {
            PluginId = "",
            ConsumerGroupId = "the-group",
            Time = _time,
            Random = house.Random,
            Log = house.Log,
            Consumers = house.Consumers,
            Keep = house.Keep,
            Services = house.Services,
        };
        var plugin = PluginHarness.Create<RateLimiting, RateLimiting.Config>("""{"minute": 1, "limit_by": "consumer-group"}""", context);
        var gateway = new PluginHarness(_caller, plugin);
        Assert.Equal(200, await StatusAsync(gateway, Joe, Key1, "192.0.2.1"));
        Assert.Equal(429, await StatusAsync(gateway, null, null, "192.0.2.9"));
    }

    [Fact]
    public async Task Instances_at_different_places_count_apart_and_at_the_same_place_together()
    {
        var house = PluginHarness.Context(_time);
        PluginContext At(string? route) => new()
        {
            PluginId = "",
            RouteId = route,
            Time = _time,
            Random = house.Random,
            Log = house.Log,
            Consumers = house.Consumers,
            Keep = house.Keep,
            Services = house.Services,
        };
        PluginHarness With(string? route) => new(PluginHarness.Create<RateLimiting, RateLimiting.Config>("""{"minute": 1}""", At(route)));
        Assert.Equal(200, (await With("r1").GetAsync("/")).Status);
        Assert.Equal(200, (await With("r2").GetAsync("/")).Status);
        Assert.Equal(200, (await With(null).GetAsync("/")).Status);
        Assert.Equal(429, (await With(null).GetAsync("/")).Status);
        Assert.Equal(429, (await With("r1").GetAsync("/")).Status);
    }

    async Task<int> StatusAsync(PluginHarness gateway, Consumer? consumer, Credential? credential, string ip)
    {
        (_caller.Consumer, _caller.Credential, gateway.ClientIp) = (consumer, credential, ip);
        return (await gateway.GetAsync("/")).Status;
    }

    PluginHarness Gateway(string config) => new(_caller, PluginHarness.Create<RateLimiting, RateLimiting.Config>(config, PluginHarness.Context(_time)));

    /// <summary>Says who is calling, as an authentication plugin would.</summary>
    sealed class Caller : IOnRequest
    {
        public Consumer? Consumer { get; set; }
        public Credential? Credential { get; set; }

        public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            if (Consumer is not null || Credential is not null) exchange.Authenticate(Consumer, Credential);
            return Verdict.Continue;
        }
    }
}
