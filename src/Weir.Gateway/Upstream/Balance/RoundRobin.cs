namespace Weir.Gateway;

/// <summary>Goes round the wheel, one place per pick; a retry goes on along the wheel past the peers it has tried.</summary>
sealed class RoundRobin(int start) : IChooser
{
    int _next = start;

    public Peer Choose(Picture picture, in PickInput input)
    {
        var wheel = picture.Wheel;
        var place = (uint)Interlocked.Increment(ref _next) % (uint)wheel.Length;
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
