using Microsoft.Extensions.Primitives;
using Weir.Gateway.Plugins;
using Weir.Limits;

namespace Weir.Gateway.Tests;

public sealed class RateLimitingTests
{
    readonly ManualTime _time = new();

    [Fact]
    public async Task Admits_the_limit_and_refuses_the_next_with_all_headers()
    {
        var gateway = Gateway("""{"minute": 2}""");
        var first = await gateway.GetAsync("/");
        Assert.Equal(200, first.Status);
        AssertHeaders(first, ("X-RateLimit-Limit-Minute", "2"), ("X-RateLimit-Remaining-Minute", "1"), ("RateLimit-Limit", "2"), ("RateLimit-Remaining", "1"),
            ("RateLimit-Reset", "53"));
        Assert.False(first.Headers.ContainsKey("Retry-After"));
        AssertHeaders(await gateway.GetAsync("/"), ("X-RateLimit-Remaining-Minute", "0"), ("RateLimit-Remaining", "0"));

        var refused = await gateway.GetAsync("/");
        Assert.Equal(429, refused.Status);
        Assert.Null(gateway.Got);
        Assert.Equal($"{{\n  \"message\":\"API rate limit exceeded\",\n  \"request_id\":\"{refused.Exchange.RequestId}\"\n}}", refused.Body);
        AssertHeaders(refused, ("X-RateLimit-Limit-Minute", "2"), ("X-RateLimit-Remaining-Minute", "0"), ("RateLimit-Limit", "2"), ("RateLimit-Remaining", "0"),
            ("RateLimit-Reset", "53"), ("Retry-After", "53"));
    }

    [Fact]
    public async Task Admits_again_when_the_window_rolls_over()
    {
        var gateway = Gateway("""{"minute": 1}""");
        Assert.Equal(200, (await gateway.GetAsync("/")).Status);
        Assert.Equal(429, (await gateway.GetAsync("/")).Status);
        _time.Advance(TimeSpan.FromSeconds(53));
        var next = await gateway.GetAsync("/");
        Assert.Equal(200, next.Status);
        AssertHeaders(next, ("RateLimit-Reset", "60"));
    }

    [Theory]
    [InlineData("second", "Second", "1")]
    [InlineData("minute", "Minute", "53")]
    [InlineData("hour", "Hour", "3233")]
    [InlineData("day", "Day", "68033")]
    [InlineData("month", "Month", "2314433")]
    [InlineData("year", "Year", "26160833")]
    public async Task Every_period_limits(string field, string name, string reset)
    {
        var gateway = Gateway($$"""{"{{field}}": 1}""");
        AssertHeaders(await gateway.GetAsync("/"), ($"X-RateLimit-Limit-{name}", "1"), ($"X-RateLimit-Remaining-{name}", "0"), ("RateLimit-Reset", reset));
        Assert.Equal(429, (await gateway.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Reports_all_periods_and_the_strictest_in_the_draft_headers()
    {
        var gateway = Gateway("""{"second": 2, "minute": 3, "hour": 100}""");
        AssertHeaders(await gateway.GetAsync("/"), ("X-RateLimit-Remaining-Second", "1"), ("X-RateLimit-Remaining-Minute", "2"),
            ("X-RateLimit-Remaining-Hour", "99"),
            ("RateLimit-Limit", "2"), ("RateLimit-Remaining", "1"), ("RateLimit-Reset", "1"));
        await gateway.GetAsync("/");
        var refused = await gateway.GetAsync("/");
        Assert.Equal(429, refused.Status);
        AssertHeaders(refused, ("X-RateLimit-Remaining-Second", "0"), ("X-RateLimit-Remaining-Minute", "1"), ("X-RateLimit-Remaining-Hour", "98"),
            ("Retry-After", "1"));
        _time.Advance(TimeSpan.FromSeconds(1));
        AssertHeaders(await gateway.GetAsync("/"), ("X-RateLimit-Remaining-Second", "1"), ("X-RateLimit-Remaining-Minute", "0"), ("RateLimit-Limit", "3"),
            ("RateLimit-Reset", "52"));
    }

    [Fact]
    public async Task Of_windows_with_the_same_rest_the_longer_is_told()
    {
        var gateway = Gateway("""{"second": 1, "hour": 1}""");
        AssertHeaders(await gateway.GetAsync("/"), ("RateLimit-Limit", "1"), ("RateLimit-Reset", "3233"));
    }

    [Fact]
    public async Task A_refusal_is_not_counted()
    {
        var gateway = Gateway("""{"second": 1, "minute": 2}""");
        await gateway.GetAsync("/");
        await gateway.GetAsync("/");
        await gateway.GetAsync("/");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await gateway.GetAsync("/")).Status);
    }

    [Fact]
    public async Task A_fractional_limit_admits_while_anything_is_left()
    {
        var gateway = Gateway("""{"minute": 1.5}""");
        AssertHeaders(await gateway.GetAsync("/"), ("X-RateLimit-Limit-Minute", "1.5"), ("X-RateLimit-Remaining-Minute", "0"));
        Assert.Equal(200, (await gateway.GetAsync("/")).Status);
        Assert.Equal(429, (await gateway.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Status_and_message_of_a_refusal_are_the_operators()
    {
        var gateway = Gateway("""{"minute": 1, "error_code": 404, "error_message": "Fake Not Found"}""");
        await gateway.GetAsync("/");
        var refused = await gateway.GetAsync("/", ("Accept", "text/plain"));
        Assert.Equal(404, refused.Status);
        Assert.StartsWith("Fake Not Found\n", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hidden_headers_are_not_sent_on_either_answer()
    {
        var gateway = Gateway("""{"minute": 1, "hide_client_headers": true}""");
        var (passed, refused) = (await gateway.GetAsync("/"), await gateway.GetAsync("/"));
        Assert.Equal(429, refused.Status);
        Assert.DoesNotContain(
            passed.Headers.Concat(refused.Headers), h => h.Key.Contains("RateLimit", StringComparison.OrdinalIgnoreCase) || h.Key == "Retry-After");
    }

    [Fact]
    public async Task The_upstreams_own_limit_headers_are_replaced()
    {
        var gateway = Gateway("""{"minute": 5}""");
        gateway.Upstream = _ => new(200, "", ("X-RateLimit-Limit-Minute", "999"), ("RateLimit-Limit", "999"));
        AssertHeaders(await gateway.GetAsync("/"), ("X-RateLimit-Limit-Minute", "5"), ("RateLimit-Limit", "5"));
    }

    [Fact]
    public async Task Large_numbers_are_written_in_full()
    {
        var gateway = Gateway("""{"year": 123456789012}""");
        AssertHeaders(await gateway.GetAsync("/"), ("X-RateLimit-Limit-Year", "123456789012"), ("X-RateLimit-Remaining-Year", "123456789011"));
    }

    [Fact]
    public async Task Counters_survive_a_reload_even_with_another_limit()
    {
        var context = PluginHarness.Context(_time);
        var before = new PluginHarness(PluginHarness.Create<RateLimiting, RateLimiting.Config>("""{"minute": 2}""", context));
        await before.GetAsync("/");
        await before.GetAsync("/");
        var after = new PluginHarness(PluginHarness.Create<RateLimiting, RateLimiting.Config>("""{"minute": 3}""", context));
        AssertHeaders(await after.GetAsync("/"), ("X-RateLimit-Remaining-Minute", "0"));
        Assert.Equal(429, (await after.GetAsync("/")).Status);
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 500)]
    public async Task An_unreachable_store_lets_through_or_fails_as_configured(bool faultTolerant, int status)
    {
        var context = PluginHarness.Context(_time);
        context.Keep.Get<ICounterStore>(RateLimiting.LocalStoreKey, () => new UnreachableStore());
        var config = $$"""{"minute": 1, "fault_tolerant": {{(faultTolerant ? "true" : "false")}}}""";
        var plugin = PluginHarness.Create<RateLimiting, RateLimiting.Config>(config, context);
        var got = await new PluginHarness(plugin).GetAsync("/");
        Assert.Equal(status, got.Status);
        Assert.DoesNotContain(got.Headers, h => h.Key.Contains("RateLimit", StringComparison.OrdinalIgnoreCase));
        if (status == 500) Assert.Contains("An unexpected error occurred", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_known_caller_costs_no_allocation()
    {
        var plugin = PluginHarness.Create<RateLimiting, RateLimiting.Config>("""{"minute": 5000, "hour": 9000}""", PluginHarness.Context(_time));
        var exchange = Requests.Exchange();
        Run(1000);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, Allocation.LeastBytes(() => Run(400)));

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Assert.False(plugin.OnRequestAsync(exchange).GetAwaiter().GetResult().Stops);
                plugin.OnResponseAsync(exchange).GetAwaiter().GetResult();
                plugin.OnDone(exchange);
                exchange.Http.Response.Headers.Clear();
            }
        }
    }

    PluginHarness Gateway(string config) => new(PluginHarness.Create<RateLimiting, RateLimiting.Config>(config, PluginHarness.Context(_time)));

    static void AssertHeaders(ClientGot got, params (string Name, string Value)[] headers) =>
        Assert.All(headers, header => Assert.Equal(new StringValues(header.Value), got.Headers[header.Name]));

    sealed class UnreachableStore : ICounterStore
    {
        public async ValueTask<CountOutcome> TryCountAsync(
            CounterKey key, ReadOnlyMemory<WindowLimit> limits, DateTimeOffset utcNow, long amount, Memory<long> used, CancellationToken cancellation)
        {
            await Task.Yield();
            return CountOutcome.Unavailable;
        }
    }
}
