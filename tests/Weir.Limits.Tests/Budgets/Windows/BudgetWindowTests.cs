using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Limits.Tests;

public sealed class BudgetWindowTests
{
    static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    static readonly TimeZoneInfo SaoPaulo = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo");
    static readonly TimeZoneInfo Kathmandu = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu");
    static readonly TimeZoneInfo Havana = TimeZoneInfo.FindSystemTimeZoneById("America/Havana");

    static readonly TimeZoneInfo[] Zones =
        [TimeZoneInfo.Utc, Berlin, SaoPaulo, Kathmandu, Havana, TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia"),
            TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe")];

    [Theory]
    [InlineData(nameof(CalendarUnit.Hour), "2026-03-04T05:06:07Z", "2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z")]
    [InlineData(nameof(CalendarUnit.Day), "2026-03-04T05:06:07Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z")]
    [InlineData(nameof(CalendarUnit.Week), "2026-03-04T05:06:07Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z")]
    [InlineData(nameof(CalendarUnit.Week), "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z")]
    [InlineData(nameof(CalendarUnit.Month), "2024-02-29T23:59:59Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z")]
    [InlineData(nameof(CalendarUnit.Year), "2026-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void Windows_follow_the_calendar(string unit, string at, string start, string end) =>
        Assert.Equal(Span(start, end), BudgetWindow.Calendar(Enum.Parse<CalendarUnit>(unit)).At(Ms(at)));

    [Theory]
    [InlineData("2026-03-01T12:00:00Z", "2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z")]
    [InlineData("2026-02-28T23:59:59Z", "2026-02-22T00:00:00Z", "2026-03-01T00:00:00Z")]
    public void Weeks_begin_on_the_day_that_is_set(string at, string start, string end) =>
        Assert.Equal(Span(start, end), BudgetWindow.Calendar(CalendarUnit.Week, weekStart: DayOfWeek.Sunday).At(Ms(at)));

    [Theory]
    [InlineData(15, "2026-03-14T12:00:00Z", "2026-02-15T00:00:00Z", "2026-03-15T00:00:00Z")]
    [InlineData(15, "2026-03-15T00:00:00Z", "2026-03-15T00:00:00Z", "2026-04-15T00:00:00Z")]
    [InlineData(31, "2026-02-27T12:00:00Z", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z")]
    [InlineData(31, "2026-02-28T12:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData(31, "2024-02-28T12:00:00Z", "2024-01-31T00:00:00Z", "2024-02-29T00:00:00Z")]
    [InlineData(31, "2026-12-31T12:00:00Z", "2026-12-31T00:00:00Z", "2027-01-31T00:00:00Z")]
    public void Months_begin_on_the_day_that_is_set_or_on_the_last_one(int day, string at, string start, string end) =>
        Assert.Equal(Span(start, end), BudgetWindow.Calendar(CalendarUnit.Month, monthDay: day).At(Ms(at)));

    [Fact]
    public void Days_begin_at_midnight_of_the_zone_also_when_clocks_change()
    {
        var day = BudgetWindow.Calendar(CalendarUnit.Day, Berlin);
        Assert.Equal(Span("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), day.At(Ms("2026-03-29T12:00:00Z")));
        Assert.Equal(Span("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), day.At(Ms("2026-10-25T12:00:00Z")));
        // Clocks went from 24:00 to 1:00.
        var skipped = BudgetWindow.Calendar(CalendarUnit.Day, SaoPaulo);
        Assert.Equal(Span("2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"), skipped.At(Ms("2018-11-04T03:00:00Z")));
        // Clocks went from 1:00 back to 0:00: midnight came twice.
        var repeated = BudgetWindow.Calendar(CalendarUnit.Day, Havana);
        Assert.Equal(Span("2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z"), repeated.At(Ms("2025-11-02T05:30:00Z")));
    }

    [Fact]
    public void Hours_follow_the_clock_of_the_zone() =>
        Assert.Equal(
            Span("2026-03-04T05:15:00Z", "2026-03-04T06:15:00Z"), BudgetWindow.Calendar(CalendarUnit.Hour, Kathmandu).At(Ms("2026-03-04T05:30:00Z")));

    [Fact]
    public void Every_moment_lies_in_its_window_and_the_next_window_begins_where_it_ends() =>
        Prop.ForAll<(DateTime At, byte Zone, byte WeekStart, byte MonthDay)>(drawn => Enum.GetValues<CalendarUnit>().All(unit =>
        {
            var (at, zone, weekStart, monthDay) = drawn;
            if (at.Year is < 1972 or > 2090) return true;
            var ms = new DateTimeOffset(at.Ticks, TimeSpan.Zero).ToUnixTimeMilliseconds();
            var window = BudgetWindow.Calendar(unit, Zones[zone % Zones.Length], (DayOfWeek)(weekStart % 7), monthDay % 31 + 1);
            var span = window.At(ms);
            if (span.StartMs > ms || span.EndMs <= ms || window.At(span.StartMs) != span) return false;
            // An hour that a half-hour change of clocks cuts short is one window of its full length.
            return unit == CalendarUnit.Hour || (window.At(span.EndMs).StartMs == span.EndMs && window.At(span.EndMs - 1) == span);
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void Windows_of_one_length_are_counted_from_the_epoch()
    {
        Assert.Equal(new WindowSpan(120_000, 180_000), BudgetWindow.Fixed(TimeSpan.FromMinutes(1)).At(179_999));
        Assert.Equal(new WindowSpan(180_000, 240_000), BudgetWindow.Sliding(TimeSpan.FromMinutes(1)).At(180_000));
        Assert.Equal(0, BudgetWindow.Lifetime.At(Ms("2026-03-04T05:30:00Z")).StartMs);
    }

    [Fact]
    public void Different_windows_have_different_names()
    {
        BudgetWindow[] windows =
            [BudgetWindow.Lifetime, BudgetWindow.Fixed(TimeSpan.FromSeconds(60)), BudgetWindow.Sliding(TimeSpan.FromSeconds(60)),
                BudgetWindow.Fixed(TimeSpan.FromDays(1)), BudgetWindow.Calendar(CalendarUnit.Day), BudgetWindow.Calendar(CalendarUnit.Day, Berlin),
                BudgetWindow.Calendar(CalendarUnit.Week), BudgetWindow.Calendar(CalendarUnit.Week, weekStart: DayOfWeek.Sunday),
                BudgetWindow.Calendar(CalendarUnit.Month), BudgetWindow.Calendar(CalendarUnit.Month, monthDay: 2)];
        Assert.Equal(windows.Length, windows.Select(static window => window.Name).Distinct().Count());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    public void Refuses_a_day_that_no_month_has(int day) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetWindow.Calendar(CalendarUnit.Month, monthDay: day));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Refuses_a_length_that_is_none(int seconds)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetWindow.Fixed(TimeSpan.FromSeconds(seconds)));
        Assert.Throws<ArgumentOutOfRangeException>(() => BudgetWindow.Sliding(TimeSpan.FromSeconds(seconds)));
    }

    static WindowSpan Span(string start, string end) => new(Ms(start), Ms(end));

    static long Ms(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
