using System.Buffers;
using System.Globalization;

namespace Weir.Ai;

/// <summary>
/// Reads how long a provider wants to be left alone: <c>retry-after-ms</c>, <c>Retry-After</c> (RFC 9110 §10.2.3), else the ends of its rate windows, which
/// OpenAI writes as durations (<c>6m0s</c>), Anthropic as times (RFC 3339) and others as numbers.
/// </summary>
static class RateLimitHeaders
{
    /// <summary>Numbers from here on are no seconds to wait but seconds since 1970.</summary>
    const double EpochSecondsMin = 1e9;

    /// <summary>And from here on, milliseconds since 1970.</summary>
    const double EpochMsMin = 1e11;

    static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789.");

    /// <summary>What is left in a window, and when the window ends.</summary>
    static readonly (string Left, string Reset)[] Windows =
    [
        ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
        ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
        ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
        ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
        ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ("ratelimit-remaining", "ratelimit-reset"),
    ];

    /// <summary>The wait; null where the provider says nothing that can be read, or nothing in the future.</summary>
    public static TimeSpan? WaitOf(Func<string, string?> header, DateTimeOffset now)
    {
        if (header("retry-after-ms") is { } text && Number(text) is { } ms) return Positive(ms, TimeSpan.TicksPerMillisecond);
        if (header("Retry-After") is { } after)
            return Number(after) is { } seconds ? Positive(seconds, TimeSpan.TicksPerSecond) : Until(after, now);
        TimeSpan? longest = null;
        TimeSpan? shortest = null;
        foreach (var (left, reset) in Windows)
        {
            if (header(reset) is not { } end || Reset(end, now) is not { } wait) continue;
            // The window that is used up is the one to wait for.
            if (header(left)?.Trim() == "0" && !(wait <= longest)) longest = wait;
            if (!(wait >= shortest)) shortest = wait;
        }
        return longest ?? shortest;
    }

    static TimeSpan? Reset(string text, DateTimeOffset now)
    {
        if (Number(text) is { } number)
        {
            return number switch
            {
                >= EpochMsMin => Positive(number - now.ToUnixTimeMilliseconds(), TimeSpan.TicksPerMillisecond),
                >= EpochSecondsMin => Positive(number - now.ToUnixTimeSeconds(), TimeSpan.TicksPerSecond),
                _ => Positive(number, TimeSpan.TicksPerSecond),
            };
        }
        return Duration(text) ?? Until(text, now);
    }

    /// <summary>A duration as Go writes it: numbers with units, the larger first. Null for anything else.</summary>
    static TimeSpan? Duration(ReadOnlySpan<char> text)
    {
        var seconds = 0.0;
        text = text.Trim();
        if (text.IsEmpty) return null;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberChars);
            if (digits <= 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            var rest = text[digits..];
            var unit = rest.IndexOfAnyInRange('0', '9') is >= 0 and var next ? next : rest.Length;
            var factor = rest[..unit] switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "us" or "µs" => 1e-6, "ns" => 1e-9, _ => double.NaN };
            if (double.IsNaN(factor)) return null;
            seconds += number * factor;
            text = rest[unit..];
        }
        return Positive(seconds, TimeSpan.TicksPerSecond);
    }

    static TimeSpan? Until(string text, DateTimeOffset now) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at > now ? at - now : null;

    static double? Number(string text) =>
        double.TryParse(text.AsSpan().Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var n) ? n : null;

    static TimeSpan? Positive(double count, long ticks) => count <= 0 ? null : TimeSpan.FromTicks((long)Math.Min(count * ticks, TimeSpan.TicksPerDay * 365.0));
}
