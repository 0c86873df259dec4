namespace Weir.Gateway;

/// <summary>
/// The peer with the least (connections + 1) / weight; a retry avoids what it has tried. The search starts at another peer each time, so that ties, which an
/// idle upstream is full of, are shared evenly.
/// </summary>
sealed class LeastConnections(int start) : IChooser
{
    int _next = start;

    public Peer Choose(Picture picture, in PickInput input)
    {
        var peers = picture.Active;
        var first = (int)((uint)Interlocked.Increment(ref _next) % (uint)peers.Length);
        var best = -1;
        var bestTried = false;
        long bestLoad = 0;
        for (var step = 0; step < peers.Length; step++)
        {
            var i = first + step < peers.Length ? first + step : first + step - peers.Length;
            var load = peers[i].InFlight + 1L;
            var tried = !input.Tried.IsEmpty && input.HasTried(peers[i]);
            if (best >= 0 && (tried && !bestTried || tried == bestTried && load * picture.Weights[best] >= bestLoad * picture.Weights[i])) continue;
            (best, bestLoad, bestTried) = (i, load, tried);
        }
        return peers[best];
    }
}
