using System.Globalization;

namespace Weir.Limits;

/// <summary>Windows of a calendar in a time zone. A day of a change of clocks is 23 or 25 hours long.</summary>
sealed class ZonedWindow(CalendarUnit unit, TimeZoneInfo zone, DayOfWeek weekStart, int monthDay) : BudgetWindow
{
    const long HourMs = 3_600_000;

    // Windows change seldom and are asked for with every call; looking up a zone's rules costs a microsecond.
    volatile Box? _last;

    public override string Name { get; } = unit switch
    {
        CalendarUnit.Week => $"week-{weekStart}@{zone.Id}",
        CalendarUnit.Month => string.Create(CultureInfo.InvariantCulture, $"month-{monthDay}@{zone.Id}"),
        _ => $"{unit}@{zone.Id}".ToLowerInvariant(),
    };

    public override WindowSpan At(long unixMs)
    {
        var last = _last;
        if (last is not null && unixMs >= last.Span.StartMs && unixMs < last.Span.EndMs) return last.Span;
        var span = unit == CalendarUnit.Hour ? HourAt(unixMs) : DaysAt(unixMs);
        _last = new(span);
        return span;
    }

    // Hours are counted on the clock of this moment: the hour that a change of clocks repeats is two windows.
    WindowSpan HourAt(long unixMs)
    {
        var offsetMs = (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(unixMs)).TotalMilliseconds;
        var start = unixMs - (unixMs + offsetMs) % HourMs;
        return new(start, start + HourMs);
    }

    WindowSpan DaysAt(long unixMs)
    {
        var today = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(unixMs), zone).Date;
        var first = FirstDay(today);
        return new(Midnight(first), Midnight(Next(first)));
    }

    DateTime FirstDay(DateTime day)
    {
        switch (unit)
        {
            case CalendarUnit.Day:
                return day;
            case CalendarUnit.Week:
                return day.AddDays(-((day.DayOfWeek - weekStart + 7) % 7));
            case CalendarUnit.Month:
                var month = new DateTime(day.Year, day.Month, 1);
                var first = DayOf(month);
                return first <= day ? first : DayOf(month.AddMonths(-1));
            default:
                return new DateTime(day.Year, 1, 1);
        }
    }

    DateTime Next(DateTime first) => unit switch
    {
        CalendarUnit.Day => first.AddDays(1),
        CalendarUnit.Week => first.AddDays(7),
        CalendarUnit.Month => DayOf(new DateTime(first.Year, first.Month, 1).AddMonths(1)),
        _ => first.AddYears(1),
    };

    DateTime DayOf(DateTime month) => month.AddDays(Math.Min(monthDay, DateTime.DaysInMonth(month.Year, month.Month)) - 1);

    long Midnight(DateTime day)
    {
        // Where the clocks skip midnight the day begins at the skip; where they repeat it, at the first one.
        var offset = zone.IsInvalidTime(day) ? zone.GetUtcOffset(day.AddHours(-3))
            : zone.IsAmbiguousTime(day) ? zone.GetAmbiguousTimeOffsets(day).Max()
            : zone.GetUtcOffset(day);
        return new DateTimeOffset(day, TimeSpan.Zero).ToUnixTimeMilliseconds() - (long)offset.TotalMilliseconds;
    }

    sealed record Box(WindowSpan Span);
}
