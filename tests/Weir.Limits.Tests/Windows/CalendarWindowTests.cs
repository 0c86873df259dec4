using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Limits.Tests;

public sealed class CalendarWindowTests
{
    [Theory]
    [InlineData(nameof(Period.Second), "2026-03-04T05:06:07.9Z", "2026-03-04T05:06:07Z", "2026-03-04T05:06:08Z")]
    [InlineData(nameof(Period.Minute), "2026-03-04T05:06:07Z", "2026-03-04T05:06:00Z", "2026-03-04T05:07:00Z")]
    [InlineData(nameof(Period.Hour), "2026-03-04T05:06:07Z", "2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z")]
    [InlineData(nameof(Period.Day), "2026-03-04T05:06:07Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z")]
    [InlineData(nameof(Period.Month), "2024-02-29T23:59:59Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z")]
    [InlineData(nameof(Period.Month), "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData(nameof(Period.Year), "2026-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void Windows_are_aligned_to_the_utc_calendar(string period, string at, string start, string end)
    {
        var parsed = Enum.Parse<Period>(period);
        Assert.Equal(Ticks(start), CalendarWindow.Start(parsed, Ticks(at)));
        Assert.Equal(Ticks(end), CalendarWindow.End(parsed, Ticks(at)));
    }

    [Fact]
    public void Every_moment_lies_in_its_window_and_the_next_window_begins_where_it_ends() =>
        Prop.ForAll<DateTime>(at => Enum.GetValues<Period>().All(period =>
        {
            // The last year of the calendar has no year after it.
            if (at.Year >= 9999) return true;
            var (start, end) = (CalendarWindow.Start(period, at.Ticks), CalendarWindow.End(period, at.Ticks));
            return start <= at.Ticks && at.Ticks < end && CalendarWindow.Start(period, end) == end && CalendarWindow.Start(period, end - 1) == start;
        })).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(nameof(Period.Second), "2026-03-04T05:06:07.9Z", 1)]
    [InlineData(nameof(Period.Minute), "2026-03-04T05:06:07Z", 53)]
    [InlineData(nameof(Period.Minute), "2026-03-04T05:06:59.999Z", 1)]
    [InlineData(nameof(Period.Day), "2026-03-04T00:00:01Z", 86399)]
    [InlineData(nameof(Period.Month), "2026-03-01T00:00:00Z", 2592000)]
    [InlineData(nameof(Period.Month), "2026-03-31T12:00:00Z", 1)]
    [InlineData(nameof(Period.Year), "2026-01-01T00:01:00Z", 31535940)]
    public void Clients_are_told_nominal_lengths_and_never_less_than_a_second(string period, string at, int seconds) =>
        Assert.Equal(seconds, CalendarWindow.SecondsLeft(Enum.Parse<Period>(period), Ticks(at)));

    static long Ticks(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcTicks;
}
