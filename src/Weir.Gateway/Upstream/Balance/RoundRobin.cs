namespace Weir.Gateway;

/// <summary>Goes round the wheel, one place per pick; a retry goes on along the wheel past the peers it has tried.</summary>
sealed class RoundRobin(Turn turn) : IChooser
{
    public Peer Choose(Picture picture, in PickInput input)
    {
        var wheel = picture.Wheel;
        // Where the turn stands is one number for all cores: with one place there is none to take.
        if (wheel.Length == 1) return picture.Active[wheel[0]];
        var place = turn.Next() % (uint)wheel.Length;
        var peer = picture.Active[wheel[place]];
        if (input.Tried.IsEmpty || !input.HasTried(peer)) return peer;

        for (var step = 1; step < wheel.Length; step++)
        {
            var other = picture.Active[wheel[(place + step) % wheel.Length]];
            if (!input.HasTried(other)) return other;
        }
        return peer;
    }
}

/// <summary>Where round-robin stands. It belongs to the upstream, not to one configuration: no share is lost when changes are frequent.</summary>
sealed class Turn(int start)
{
    int _next = start;

    public uint Next() => (uint)Interlocked.Increment(ref _next);
}
