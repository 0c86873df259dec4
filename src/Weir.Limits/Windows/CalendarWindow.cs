namespace Weir.Limits;

/// <summary>
/// Fixed windows on the UTC calendar: every minute begins at second 0, every month on its first day. All nodes agree on them without talking to each other.
/// Times are UTC ticks.
/// </summary>
static class CalendarWindow
{
    /// <summary>Number of <see cref="Period"/>s.</summary>
    public const int PeriodCount = 6;

    /// <summary>When the window that contains this time began.</summary>
    public static long Start(Period period, long utcTicks) => period switch
    {
        Period.Second => utcTicks - utcTicks % TimeSpan.TicksPerSecond,
        Period.Minute => utcTicks - utcTicks % TimeSpan.TicksPerMinute,
        Period.Hour => utcTicks - utcTicks % TimeSpan.TicksPerHour,
        Period.Day => utcTicks - utcTicks % TimeSpan.TicksPerDay,
        Period.Month => MonthStart(new DateTime(utcTicks, DateTimeKind.Utc)).Ticks,
        _ => new DateTime(new DateTime(utcTicks, DateTimeKind.Utc).Year, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks,
    };

    /// <summary>When the window that contains this time ends; the end is not part of it.</summary>
    public static long End(Period period, long utcTicks) => period switch
    {
        Period.Second => Start(period, utcTicks) + TimeSpan.TicksPerSecond,
        Period.Minute => Start(period, utcTicks) + TimeSpan.TicksPerMinute,
        Period.Hour => Start(period, utcTicks) + TimeSpan.TicksPerHour,
        Period.Day => Start(period, utcTicks) + TimeSpan.TicksPerDay,
        Period.Month => MonthStart(new DateTime(utcTicks, DateTimeKind.Utc)).AddMonths(1).Ticks,
        _ => new DateTime(new DateTime(utcTicks, DateTimeKind.Utc).Year + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks,
    };

    /// <summary>Length told to clients: months count as 30 days and years as 365, whatever the calendar says.</summary>
    public static int NominalSeconds(Period period) => period switch
    {
        Period.Second => 1,
        Period.Minute => 60,
        Period.Hour => 3600,
        Period.Day => 86400,
        Period.Month => 2592000,
        _ => 31536000,
    };

    /// <summary>Seconds until the window ends, by its nominal length; at least 1.</summary>
    public static int SecondsLeft(Period period, long utcTicks)
    {
        var elapsed = (int)((utcTicks - Start(period, utcTicks)) / TimeSpan.TicksPerSecond);
        return Math.Max(1, NominalSeconds(period) - elapsed);
    }

    static DateTime MonthStart(DateTime at) => new(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Utc);
}
