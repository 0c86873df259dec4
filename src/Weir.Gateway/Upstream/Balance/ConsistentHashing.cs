namespace Weir.Gateway;

/// <summary>
/// The owner of the key's slot. When it is not available, or was tried, its keys are spread over the others by their rank for that slot, and come back to it
/// afterwards; no other key moves.
/// </summary>
sealed class ConsistentHashing(Random random) : IChooser
{
    public Peer Choose(Picture picture, in PickInput input)
    {
        var slots = picture.Slots;
        var slot = slots.SlotOf(input.Key ?? (ulong)random.NextInt64());
        if (slots.OwnerOf(slot) is { } owner && picture.IsAvailable(owner) && !input.HasTried(owner)) return owner;

        Peer? best = null;
        var bestTried = false;
        double bestScore = 0;
        for (var i = 0; i < picture.Active.Length; i++)
        {
            var peer = picture.Active[i];
            var score = SlotTable.Score(peer, picture.Weights[i], slot);
            var tried = input.HasTried(peer);
            if (best is not null && (tried && !bestTried || tried == bestTried && score <= bestScore)) continue;
            (best, bestScore, bestTried) = (peer, score, tried);
        }
        return best!;
    }
}
