using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests;

public sealed class CorrelationIdTests
{
    const string Uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    [Fact]
    public async Task Counts_up_behind_one_uuid_by_default()
    {
        var gateway = Gateway("{}");
        var (first, second) = (await IdAsync(gateway), await IdAsync(gateway));
        Assert.Matches($"^{Uuid}#1$", first);
        Assert.Equal(first[..^1] + "2", second);
    }

    [Fact]
    public async Task The_counter_goes_on_after_a_reload()
    {
        var context = PluginHarness.Context();
        var first = await IdAsync(new PluginHarness(PluginHarness.Create<CorrelationId, CorrelationId.Config>("{}", context)));
        var second = await IdAsync(new PluginHarness(PluginHarness.Create<CorrelationId, CorrelationId.Config>("""{"echo_downstream": true}""", context)));
        Assert.Equal(first[..^1] + "2", second);
    }

    [Fact]
    public async Task Makes_a_new_uuid_for_each_request()
    {
        var gateway = Gateway("""{"generator": "uuid"}""");
        var (first, second) = (await IdAsync(gateway), await IdAsync(gateway));
        Assert.Matches($"^{Uuid}$", first);
        Assert.Matches($"^{Uuid}$", second);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Tracks_the_place_of_the_request()
    {
        var time = new ManualTime();
        var gateway = new PluginHarness(PluginHarness.Create<CorrelationId, CorrelationId.Config>("""{"generator": "tracker"}""", PluginHarness.Context(time)));
        Assert.Matches($"^[^-]*-8000-{Environment.ProcessId}-[^-]*-[0-9]+-1772600767\\.000$", await IdAsync(gateway));
    }

    [Fact]
    public async Task An_id_that_comes_with_the_request_stays()
    {
        var gateway = Gateway("""{"header_name": "X-Trace", "echo_downstream": true}""");
        var got = await gateway.GetAsync("/", ("x-trace", "mine"));
        Assert.Equal("mine", gateway.Got!.Headers["X-Trace"].ToString());
        Assert.Equal("mine", got.Headers["X-Trace"].ToString());
    }

    [Fact]
    public async Task An_empty_id_is_replaced()
    {
        var gateway = Gateway("{}");
        await gateway.GetAsync("/", ("Kong-Request-ID", ""));
        Assert.Matches($"^{Uuid}#1$", gateway.Got!.Headers["Kong-Request-ID"].ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_client_gets_the_id_only_when_asked(bool echo)
    {
        var gateway = Gateway($$"""{"echo_downstream": {{(echo ? "true" : "false")}}}""");
        var got = await gateway.GetAsync("/");
        Assert.Equal(echo ? gateway.Got!.Headers["Kong-Request-ID"].ToString() : "", got.Headers["Kong-Request-ID"].ToString());
    }

    [Fact]
    public async Task The_client_gets_its_own_id_back_from_an_answer_of_another_plugin()
    {
        var gateway = new PluginHarness(
            PluginHarness.Create<RequestTermination, RequestTermination.Config>("{}"),
            PluginHarness.Create<CorrelationId, CorrelationId.Config>("""{"echo_downstream": true}"""));
        Assert.Equal("mine", (await gateway.GetAsync("/", ("Kong-Request-ID", "mine"))).Headers["Kong-Request-ID"].ToString());
        Assert.False((await gateway.GetAsync("/")).Headers.ContainsKey("Kong-Request-ID"));
    }

    [Theory]
    [InlineData("""{"generator": "counter"}""", "generator")]
    [InlineData("""{"header_name": "a b"}""", "header_name")]
    [InlineData("""{"echo": true}""", "echo")]
    public void Refuses_a_wrong_configuration(string config, string field) =>
        Assert.Equal(field, Assert.Single(PluginHarness.Check<CorrelationId, CorrelationId.Config>(config)).Field);

    static async Task<string> IdAsync(PluginHarness gateway)
    {
        await gateway.GetAsync("/");
        return gateway.Got!.Headers["Kong-Request-ID"].ToString();
    }

    static PluginHarness Gateway(string config) => new(PluginHarness.Create<CorrelationId, CorrelationId.Config>(config));
}
