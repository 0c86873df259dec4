using System.Globalization;

namespace Weir.Server;

/// <summary>Spans of time as people write them: 30m, 12h, 7d, 2w.</summary>
static class Span
{
    public const string Form = "30m, 12h, 7d or 2w";

    /// <summary>Longest span that is taken, in days.</summary>
    const int DaysMax = 36_500;

    /// <summary>The span, or null when the text is none.</summary>
    public static TimeSpan? Of(string text)
    {
        if (text == "0") return TimeSpan.Zero;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        double? days = text[^1] switch
        {
            'm' => number / (24.0 * 60),
            'h' => number / 24.0,
            'd' => number,
            'w' => number * 7.0,
            _ => null,
        };
        return days is { } known and <= DaysMax ? TimeSpan.FromDays(known) : null;
    }
}
