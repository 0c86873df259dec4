using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class RateLimitHeadersTests
{
    static readonly DateTimeOffset s_now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("")]
    [InlineData("Retry-After: ")]
    [InlineData("Retry-After: soon")]
    [InlineData("Retry-After: -3")]
    [InlineData("Retry-After: 0")]
    [InlineData("Retry-After: 1e9")]
    [InlineData("Retry-After: Wed, 04 Mar 2020 05:06:07 GMT")]
    [InlineData("retry-after-ms: x; Retry-After: x; x-ratelimit-reset-requests: x")]
    [InlineData("x-ratelimit-reset-requests: 5q")]
    [InlineData("x-ratelimit-reset-requests: s")]
    [InlineData("x-ratelimit-reset-requests: 1..5s")]
    [InlineData("x-ratelimit-reset-tokens: 0s")]
    [InlineData("x-ratelimit-reset: 1500000000")]
    [InlineData("anthropic-ratelimit-requests-reset: 2020-01-01T00:00:00Z")]
    public void Finds_no_wait_where_none_is_said(string headers) => Assert.Null(Wait(headers));

    [Theory]
    [InlineData("Retry-After: 20", 20)]
    [InlineData("Retry-After:  2.5 ", 2.5)]
    [InlineData("Retry-After: Wed, 04 Mar 2026 05:06:17 GMT", 10)]
    [InlineData("retry-after-ms: 1500; Retry-After: 2", 1.5)]
    [InlineData("x-ratelimit-reset-requests: 6m0s", 360)]
    [InlineData("x-ratelimit-reset-requests: 1h2m3.5s", 3723.5)]
    [InlineData("x-ratelimit-reset-requests: 20ms", 0.02)]
    [InlineData("x-ratelimit-reset: 1772600772", 5)]
    [InlineData("x-ratelimit-reset: 1772600772000", 5)]
    [InlineData("x-ratelimit-reset: 30", 30)]
    [InlineData("anthropic-ratelimit-requests-reset: 2026-03-04T05:06:37Z", 30)]
    [InlineData("Retry-After: 5; x-ratelimit-reset-requests: 6m0s", 5)]
    public void Reads_every_form_of_a_wait(string headers, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Wait(headers));

    [Fact]
    public void Waits_for_the_window_that_is_used_up()
    {
        const string Both = "x-ratelimit-reset-requests: 2s; x-ratelimit-reset-tokens: 50s";
        Assert.Equal(TimeSpan.FromSeconds(50), Wait(Both + "; x-ratelimit-remaining-tokens: 0; x-ratelimit-remaining-requests: 9"));
        Assert.Equal(TimeSpan.FromSeconds(2), Wait(Both + "; x-ratelimit-remaining-tokens: 7; x-ratelimit-remaining-requests: 0"));
        Assert.Equal(TimeSpan.FromSeconds(50), Wait(Both + "; x-ratelimit-remaining-tokens: 0; x-ratelimit-remaining-requests: 0"));
        Assert.Equal(TimeSpan.FromSeconds(2), Wait(Both));
    }

    [Fact]
    public void Never_throws_and_never_waits_for_the_past() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), static text =>
    {
        foreach (var name in new[] { "Retry-After", "retry-after-ms", "x-ratelimit-reset-requests", "anthropic-ratelimit-tokens-reset" })
            if (RateLimitHeaders.WaitOf(asked => asked == name ? text.Get : null, s_now) is { } wait && wait <= TimeSpan.Zero) return false;
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bounds_absurd_waits() =>
        Assert.Equal(TimeSpan.FromDays(365), Wait("Retry-After: " + 9e8.ToString("F0", CultureInfo.InvariantCulture)));

    static TimeSpan? Wait(string headers)
    {
        var fields = headers.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(static field => field.Split(": ", 2))
            .ToDictionary(static field => field[0], static field => field[^1], StringComparer.OrdinalIgnoreCase);
        return RateLimitHeaders.WaitOf(name => fields.GetValueOrDefault(name), s_now);
    }
}
