namespace Weir.Gateway;

/// <summary>An address started or stopped getting traffic.</summary>
/// <param name="Upstream">Name of the upstream.</param>
/// <param name="Peer">The address.</param>
/// <param name="IsUp">True when it gets traffic from now on.</param>
/// <param name="Cause">What showed it.</param>
readonly record struct HealthChange(string Upstream, Peer Peer, bool IsUp, HealthCause Cause);

/// <summary>Sources of a <see cref="HealthChange"/>.</summary>
enum HealthCause
{
    Traffic,
    Probe,
    Operator,
}
