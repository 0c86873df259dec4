using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>The time limits of a route's calls beyond those of its connections; 0 for none.</summary>
/// <param name="FirstTokenMs">From sending a call to the first content of its stream.</param>
/// <param name="TokenMs">Waiting for more content of a stream.</param>
/// <param name="CallMs">The whole call, all tries.</param>
/// <param name="TokensPerSecondMin">Least rate of a stream's content.</param>
/// <param name="WindowMs">Time over which that rate is measured.</param>
/// <param name="ReadMs">The connection's own limit between two pieces of an answer.</param>
sealed record CallLimits(int FirstTokenMs, int TokenMs, int CallMs, int TokensPerSecondMin, int WindowMs, int ReadMs)
{
    /// <summary>The limits; null when there are none.</summary>
    public static CallLimits? Of(BalancerConfig balancer) =>
        balancer is { FirstTokenTimeout: 0, TokenTimeout: 0, CallTimeout: 0, TokensPerSecondMin: 0 } ? null : new CallLimits(
            balancer.FirstTokenTimeout, balancer.TokenTimeout, balancer.CallTimeout, balancer.TokensPerSecondMin, balancer.TokensPerSecondWindow,
            balancer.ReadTimeout);
}
