using System.Globalization;

namespace Weir.Limits;

/// <summary>
/// How long use counts against a budget. All nodes find the same window for a time without talking to each other. Immutable; safe for concurrent use.
/// </summary>
abstract class BudgetWindow
{
    /// <summary>Ends of windows stay below this, so that every time is exact in a double: Lua has no other number.</summary>
    internal const long TimeMsMax = (1L << 53) - 1;

    /// <summary>Never starts anew: what is spent stays spent.</summary>
    public static BudgetWindow Lifetime { get; } = new LifetimeWindow();

    /// <summary>Identifies the window in the key of a counter: another window is another counter.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether use of the window before still counts, by the part of it that a window sliding along with the clock would still cover, as if it had been
    /// spread evenly: Kong's sliding windows.
    /// </summary>
    public virtual bool IsSliding => false;

    /// <summary>The window that contains this time.</summary>
    public abstract WindowSpan At(long unixMs);

    /// <summary>Windows of one length, the first of which began at the Unix epoch.</summary>
    public static BudgetWindow Fixed(TimeSpan length) => new EvenWindow(LengthMs(length), isSliding: false);

    /// <summary>A window of this length that ends now, see <see cref="IsSliding"/>.</summary>
    public static BudgetWindow Sliding(TimeSpan length) => new EvenWindow(LengthMs(length), isSliding: true);

    /// <summary>Windows of the calendar.</summary>
    /// <param name="unit">Their length.</param>
    /// <param name="zone">Where days begin; UTC when null.</param>
    /// <param name="weekStart">The first day of a week.</param>
    /// <param name="monthDay">The day on which months begin, 1 to 31; in a shorter month its last day.</param>
    public static BudgetWindow Calendar(
        CalendarUnit unit, TimeZoneInfo? zone = null, DayOfWeek weekStart = DayOfWeek.Monday, int monthDay = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(monthDay, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(monthDay, 31);
        return new ZonedWindow(unit, zone ?? TimeZoneInfo.Utc, weekStart, monthDay);
    }

    static long LengthMs(TimeSpan length)
    {
        var ms = (long)length.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(ms, 1, nameof(length));
        return ms;
    }

    sealed class LifetimeWindow : BudgetWindow
    {
        public override string Name => "lifetime";

        public override WindowSpan At(long unixMs) => new(0, TimeMsMax);
    }

    sealed class EvenWindow(long lengthMs, bool isSliding) : BudgetWindow
    {
        public override string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"{(isSliding ? "sliding" : "fixed")}-{lengthMs}ms");

        public override bool IsSliding => isSliding;

        public override WindowSpan At(long unixMs)
        {
            var start = unixMs - unixMs % lengthMs;
            return new(start, Math.Min(start + lengthMs, TimeMsMax));
        }
    }
}
