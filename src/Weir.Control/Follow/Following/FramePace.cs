namespace Weir.Control;

/// <summary>How many frames a control plane may send: one that sends without end is not worth listening to.</summary>
sealed class FramePace(FollowLimits limits, TimeProvider time)
{
    double _left = limits.FramesBurstMax;
    long _at = time.GetTimestamp();

    /// <exception cref="StreamBrokenException">It sends too many.</exception>
    public void Count()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(limits.FramesBurstMax, _left + (time.GetElapsedTime(_at, now).TotalSeconds * limits.FramesPerSecondMax)) - 1;
        _at = now;
        if (_left < 0) throw new StreamBrokenException($"the control plane sends more than {limits.FramesPerSecondMax} frames a second");
    }
}
