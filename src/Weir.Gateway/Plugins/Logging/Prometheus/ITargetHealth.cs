namespace Weir.Gateway.Plugins;

/// <summary>Tells the health of all targets of the configuration in use, while metrics are read.</summary>
interface ITargetHealth
{
    IEnumerable<TargetState> Now();
}

/// <summary>The health of one address of a target.</summary>
/// <param name="Upstream">Name of the upstream.</param>
/// <param name="Target">The target as configured, host:port.</param>
/// <param name="Address">ip:port; empty when the host cannot be resolved.</param>
/// <param name="State">healthchecks_off, healthy, unhealthy or dns_error.</param>
readonly record struct TargetState(string Upstream, string Target, string Address, string State);
