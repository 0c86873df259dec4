using System.Net;

namespace Weir.Gateway;

/// <summary>What operators see of a balancer's health, and what they can set.</summary>
sealed partial class Balancer
{
    /// <summary>False when the whole upstream has no peer to offer, be it one by one or by its threshold.</summary>
    public bool IsHealthy => _picture.Active.Length > 0;

    /// <summary>Health of every target and address, in the order of the configuration.</summary>
    public IReadOnlyList<TargetHealth> ReadHealth()
    {
        lock (_state.Gate) return [.. _targets.Select(ReadHealth)];
    }

    /// <summary>
    /// Sets the health of a target's addresses by hand, or of one of them, and clears their counters. False when there is no such target or address.
    /// </summary>
    public bool SetHealth(string target, IPEndPoint? address, bool healthy)
    {
        Peer[] peers;
        lock (_state.Gate)
        {
            peers = [.. Peers.Where(peer => string.Equals(peer.Target, target, StringComparison.OrdinalIgnoreCase)
                && (address is null || peer.Address.Equals(address)))];
        }
        foreach (var peer in peers)
            if (peer.Health.Set(healthy)) _state.HealthChanged(this, peer, HealthCause.Operator);
        return peers.Length > 0;
    }

    /// <summary>The peers that probes are sent to.</summary>
    internal List<Peer> PeersWithWeight()
    {
        lock (_state.Gate)
            return [.. _targets.SelectMany(static target => target.Peers).Where(static peer => peer.Weight > 0).Select(static peer => peer.Peer).Distinct()];
    }

    TargetHealth ReadHealth(BalancedTarget target)
    {
        AddressHealth[] addresses = [.. target.Peers.Select(peer => new AddressHealth(peer.Peer.Address, peer.Weight, Reported(peer)))];
        var whole = addresses switch
        {
            [] => ReportedHealth.DnsError,
            _ when addresses.Any(static address => address.Health == ReportedHealth.Healthy) => ReportedHealth.Healthy,
            _ => addresses[0].Health,
        };
        return new TargetHealth(target.Name.ToString(), target.Weight, whole, addresses);
    }

    ReportedHealth Reported(WeightedPeer peer)
    {
        if (!HasHealthChecks || peer.Weight == 0) return ReportedHealth.HealthchecksOff;
        return peer.Peer.Health.IsUp ? ReportedHealth.Healthy : ReportedHealth.Unhealthy;
    }
}
