using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// Which peers can be chosen right now. Immutable: a change of health or addresses makes a new one. The peers of <see cref="Active"/> are all available and
/// have a weight; failover peers are among them only when there are no others.
/// </summary>
sealed class Picture
{
    Picture(Peer[] active, int[] weights)
    {
        Active = active;
        Weights = weights;
    }

    /// <summary>Nothing can be chosen.</summary>
    public static Picture Empty { get; } = new([], []);

    /// <summary>The peers to choose from.</summary>
    public Peer[] Active { get; }

    /// <summary>Their weights, all positive, in the same order.</summary>
    public int[] Weights { get; }

    /// <summary>Order of a round: indexes into <see cref="Active"/>.</summary>
    public int[] Wheel { get; private init; } = [];

    /// <summary>Owners of the hash slots, available or not; empty unless the upstream hashes.</summary>
    public SlotTable Slots { get; private init; } = SlotTable.Empty;

    /// <summary>True when health does not speak against this peer.</summary>
    public bool IsAvailable(Peer peer) => !HealthCounts || peer.Health.IsUp;

    bool HealthCounts { get; init; }

    /// <summary>Draws the picture of these peers.</summary>
    /// <param name="peers">All peers of the upstream.</param>
    /// <param name="upstream">Its configuration.</param>
    /// <param name="missingWeight">Weight of targets whose addresses are unknown; it counts as unavailable.</param>
    /// <param name="before">The slot table before, which the new one is made from.</param>
    public static Picture Of(IReadOnlyList<WeightedPeer> peers, UpstreamConfig upstream, int missingWeight, SlotTable before)
    {
        var checks = HealthPolicy.IsOn(upstream.Healthchecks);
        var slots = Hashes(upstream.Algorithm) ? SlotTable.Of(peers, upstream.Slots, before) : SlotTable.Empty;
        if (checks && IsBelow(upstream.Healthchecks.Threshold, peers, missingWeight)) return new Picture([], []) { Slots = slots };

        var chosen = Available(peers, checks, failover: false);
        if (chosen.Count == 0) chosen = Available(peers, checks, failover: true);
        var weights = chosen.Select(static peer => peer.Weight).ToArray();
        return new Picture([.. chosen.Select(static peer => peer.Peer)], weights)
        {
            Wheel = Gateway.Wheel.Build(weights),
            Slots = slots,
            HealthCounts = checks,
        };
    }

    /// <summary>True for algorithms that send the same key to the same peer.</summary>
    public static bool Hashes(BalancingAlgorithm algorithm) => algorithm is BalancingAlgorithm.ConsistentHashing or BalancingAlgorithm.StickySessions;

    static List<WeightedPeer> Available(IReadOnlyList<WeightedPeer> peers, bool checks, bool failover) =>
        [.. peers.Where(peer => peer.Weight > 0 && peer.Failover == failover && (!checks || peer.Peer.Health.IsUp))];

    static bool IsBelow(double threshold, IReadOnlyList<WeightedPeer> peers, int missingWeight)
    {
        if (threshold == 0) return false;
        long available = 0;
        long total = missingWeight;
        foreach (var (peer, weight, _) in peers)
        {
            total += weight;
            if (peer.Health.IsUp) available += weight;
        }
        return available * 100.0 <= threshold * total;
    }
}
