namespace Weir.Gateway;

/// <summary>A peer and its share of the traffic in one configuration and one DNS answer.</summary>
/// <param name="Peer">The address.</param>
/// <param name="Weight">Its share; 0 takes no traffic.</param>
/// <param name="Failover">Used only when nothing else is available.</param>
readonly record struct WeightedPeer(Peer Peer, int Weight, bool Failover);
