using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weir.Limits;

namespace Weir.Gateway.Plugins;

/// <summary>
/// What clients are told about their limits: limit and rest of every window, and the window with the least left in the form of the RateLimit header draft
/// (draft-polli-ratelimit-headers-01). Names and limits are made once.
/// </summary>
sealed class LimitHeaders
{
    readonly (Period Period, double Limit, string LimitText, string LimitName, string RemainingName)[] _windows;

    public LimitHeaders(IEnumerable<(Period Period, double Limit)> limits) =>
        _windows = [.. limits.Select(l =>
            (l.Period, l.Limit, l.Limit.ToString(CultureInfo.InvariantCulture), $"X-RateLimit-Limit-{l.Period}", $"X-RateLimit-Remaining-{l.Period}"))];

    /// <param name="response">Headers of the answer.</param>
    /// <param name="used">Use of each window, in the order of the limits.</param>
    /// <param name="utcTicks">Time of the use.</param>
    /// <param name="refused">Also say when to come back.</param>
    public void Set(IHeaderDictionary response, ReadOnlySpan<long> used, long utcTicks, bool refused)
    {
        var (tightest, least) = (0, long.MaxValue);
        for (var i = 0; i < _windows.Length; i++)
        {
            ref readonly var window = ref _windows[i];
            var remaining = Math.Max(0, (long)Math.Min(window.Limit - used[i], long.MaxValue));
            // Periods ascend: of equals the longer one is told, because waiting for the shorter one would not help.
            if (remaining <= least) (tightest, least) = (i, remaining);
            response[window.LimitName] = window.LimitText;
            response[window.RemainingName] = NumberText.Of(remaining);
        }
        var reset = NumberText.Of(CalendarWindow.SecondsLeft(_windows[tightest].Period, utcTicks));
        response["RateLimit-Limit"] = _windows[tightest].LimitText;
        response["RateLimit-Remaining"] = NumberText.Of(least);
        response["RateLimit-Reset"] = reset;
        if (refused) response.RetryAfter = reset;
    }
}
