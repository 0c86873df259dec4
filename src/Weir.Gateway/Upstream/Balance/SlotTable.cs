namespace Weir.Gateway;

/// <summary>
/// Which peer owns which hash slot. Each slot goes to the peer with the highest weighted score for it (rendezvous hashing), so a peer's share follows its
/// weight, and a peer that comes or goes moves only the slots that it wins or loses. The same peers give the same table on every node.
/// </summary>
sealed class SlotTable
{
    /// <summary>Fewest slots of a table: with fewer, shares would be too coarse.</summary>
    public const int SlotsMin = 1000;

    readonly Peer[] _owners;
    readonly WeightedPeer[] _peers;

    SlotTable(Peer[] owners, WeightedPeer[] peers)
    {
        _owners = owners;
        _peers = peers;
    }

    /// <summary>The table of an upstream that does not hash, or has no peers.</summary>
    public static SlotTable Empty { get; } = new([], []);

    /// <summary>Builds the table; returns <paramref name="before"/> when the peers that own slots are the same.</summary>
    public static SlotTable Of(IReadOnlyList<WeightedPeer> peers, int slots, SlotTable before)
    {
        WeightedPeer[] owners = [.. peers.Where(static peer => peer is { Weight: > 0, Failover: false })];
        slots = Math.Max(slots, SlotsMin);
        if (owners.Length == 0) return Empty;
        if (before._owners.Length == slots && owners.AsSpan().SequenceEqual(before._peers)) return before;

        var table = new Peer[slots];
        for (var slot = 0; slot < slots; slot++)
        {
            double best = double.NegativeInfinity;
            foreach (var (peer, weight, _) in owners)
            {
                var score = Score(peer, weight, slot);
                if (score <= best) continue;
                best = score;
                table[slot] = peer;
            }
        }
        return new SlotTable(table, owners);
    }

    /// <summary>The slot of a key.</summary>
    public int SlotOf(ulong key) => _owners.Length == 0 ? (int)(key & int.MaxValue) : (int)(StableHash.Mix(key) % (ulong)_owners.Length);

    /// <summary>The owner of a slot, whether or not it is available; null in an empty table.</summary>
    public Peer? OwnerOf(int slot) => slot < _owners.Length ? _owners[slot] : null;

    /// <summary>A peer's score for a slot: -weight / ln(u), where u in (0, 1) comes from hashing peer and slot.</summary>
    public static double Score(Peer peer, int weight, int slot)
    {
        var u = ((StableHash.Mix(peer.Hash ^ StableHash.Mix((ulong)slot)) >> 12) + 0.5) / (1UL << 52);
        return -weight / StableHash.Ln(u);
    }
}
