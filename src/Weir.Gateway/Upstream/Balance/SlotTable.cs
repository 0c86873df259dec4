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
    readonly double[] _scores;
    readonly HashSet<WeightedPeer> _peers;

    SlotTable(Peer[] owners, double[] scores, HashSet<WeightedPeer> peers)
    {
        _owners = owners;
        _scores = scores;
        _peers = peers;
    }

    /// <summary>The table of an upstream that does not hash, or has no peers.</summary>
    public static SlotTable Empty { get; } = new([], [], []);

    /// <summary>
    /// Builds the table out of the one before: slots of peers that went are dealt again, and peers that came take what they win. The result does not depend
    /// on the way there.
    /// </summary>
    public static SlotTable Of(IReadOnlyList<WeightedPeer> peers, int slots, SlotTable before)
    {
        HashSet<WeightedPeer> owners = [.. peers.Where(static peer => peer is { Weight: > 0, Failover: false })];
        slots = Math.Max(slots, SlotsMin);
        if (owners.Count == 0) return Empty;
        if (before._owners.Length != slots) before = new SlotTable(new Peer[slots], new double[slots], []);
        else if (owners.SetEquals(before._peers)) return before;

        WeightedPeer[] all = [.. owners];
        WeightedPeer[] came = [.. owners.Except(before._peers)];
        var stayed = before._peers.Intersect(owners).Select(static peer => peer.Peer).ToHashSet();
        var table = (Peer[])before._owners.Clone();
        var scores = (double[])before._scores.Clone();
        for (var slot = 0; slot < slots; slot++)
        {
            var isKept = table[slot] is { } owner && stayed.Contains(owner);
            if (!isKept) scores[slot] = double.NegativeInfinity;
            foreach (var (peer, weight, _) in isKept ? came : all)
            {
                var score = Score(peer, weight, slot);
                if (score <= scores[slot]) continue;
                scores[slot] = score;
                table[slot] = peer;
            }
        }
        return new SlotTable(table, scores, owners);
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
