namespace Weir.Control;

/// <summary>Pauses between attempts: each up to twice as long as the one before, with chance in it, so that many gateways do not come back at once.</summary>
sealed class BackOff(FollowLimits limits, Random random)
{
    int _failures;

    /// <summary>The next pause: between half of its length and all of it.</summary>
    public TimeSpan Next()
    {
        var longest = Math.Min(limits.BackOffMax.TotalMilliseconds, limits.BackOffMin.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 20)));
        return TimeSpan.FromMilliseconds(longest * (0.5 + (random.NextDouble() / 2)));
    }

    public void Reset() => _failures = 0;
}
