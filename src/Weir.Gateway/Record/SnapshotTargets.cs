using Weir.Gateway.Plugins;

namespace Weir.Gateway;

/// <summary>The health of every target of the configuration in use, for metrics and reports.</summary>
sealed class SnapshotTargets(SnapshotHolder snapshots) : ITargetHealth
{
    public IEnumerable<TargetState> Now()
    {
        foreach (var balancer in snapshots.Current.Balancers)
            foreach (var target in balancer.ReadHealth())
            {
                if (target.Addresses.Count == 0) yield return new TargetState(balancer.Upstream.Name, target.Target, "", Text(target.Health));
                foreach (var address in target.Addresses)
                    yield return new TargetState(balancer.Upstream.Name, target.Target, address.Address.ToString(), Text(address.Health));
            }
    }

    static string Text(ReportedHealth health) => health switch
    {
        ReportedHealth.Healthy => "healthy",
        ReportedHealth.Unhealthy => "unhealthy",
        ReportedHealth.DnsError => "dns_error",
        _ => "healthchecks_off",
    };
}
