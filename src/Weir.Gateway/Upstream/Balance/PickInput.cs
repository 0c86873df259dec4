namespace Weir.Gateway;

/// <summary>What a choice depends on beside the upstream's own state.</summary>
/// <param name="key">The hashed input, for upstreams that hash; null chooses at random.</param>
/// <param name="tried">Peers that this exchange has tried already; they are avoided while there are others.</param>
readonly ref struct PickInput(ulong? key, ReadOnlySpan<Peer> tried)
{
    /// <summary>The hashed input, or null.</summary>
    public ulong? Key { get; } = key;

    /// <summary>Peers tried already.</summary>
    public ReadOnlySpan<Peer> Tried { get; } = tried;

    /// <summary>True when this exchange has tried the peer.</summary>
    public bool HasTried(Peer peer)
    {
        foreach (var other in Tried)
            if (ReferenceEquals(other, peer)) return true;
        return false;
    }
}
