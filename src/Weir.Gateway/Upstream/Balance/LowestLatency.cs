namespace Weir.Gateway;

/// <summary>
/// The better of two random peers by average latency times open requests over weight. A peer that nobody has measured is tried at once, but by one request
/// at a time until its first answer.
/// </summary>
sealed class LowestLatency(TimeProvider time, Random random) : IChooser
{
    /// <summary>What an open request at an unmeasured peer counts, in milliseconds: more than any answer that is worth waiting for.</summary>
    const double UnmeasuredMs = 60_000;

    public Peer Choose(Picture picture, in PickInput input)
    {
        var count = picture.Active.Length;
        var one = Draw(picture, input, random.Next(count));
        if (count == 1) return picture.Active[one];
        var two = Draw(picture, input, (one + 1 + random.Next(count - 1)) % count);
        if (two == one) return picture.Active[one];

        var now = time.GetTimestamp();
        return Cost(picture, one, now) <= Cost(picture, two, now) ? picture.Active[one] : picture.Active[two];
    }

    static int Draw(Picture picture, in PickInput input, int first)
    {
        for (var step = 0; step < picture.Active.Length && !input.Tried.IsEmpty; step++)
        {
            var i = (first + step) % picture.Active.Length;
            if (!input.HasTried(picture.Active[i])) return i;
        }
        return first;
    }

    double Cost(Picture picture, int i, long now)
    {
        var peer = picture.Active[i];
        var open = peer.InFlight;
        var ms = peer.Latency.IsMeasured ? peer.Latency.AverageMs(now, time) * (open + 1) : UnmeasuredMs * open;
        return ms / picture.Weights[i];
    }
}
