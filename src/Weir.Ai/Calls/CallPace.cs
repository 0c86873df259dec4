namespace Weir.Ai;

/// <summary>
/// Keeps a call to its time limits. Nothing runs beside the call: each wait for the provider is cut to what is left of the limit that ends first. Between
/// pieces of content only the waiting for the provider counts, so that a client that reads slowly is not taken for a provider that stalls.
/// </summary>
sealed class CallPace
{
    /// <summary>Characters that a token stands for when a rate is measured: about what they are in English.</summary>
    const int CharsPerToken = 4;

    readonly CallLimits _limits;
    readonly TimeProvider _time;
    readonly long _startedAt;
    long _sentAt;
    bool _isStream;
    bool _hasContent;
    TimeSpan _waited;
    TimeSpan _windowWaited;
    long _windowChars;

    public CallPace(CallLimits limits, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        _startedAt = time.GetTimestamp();
    }

    /// <summary>Which limit ended the call, in words for the log; null when none did.</summary>
    public string? Reason { get; private set; }

    /// <summary>The whole call has taken too long: there is no time for another try.</summary>
    public bool IsOver => _limits.CallMs > 0 && Ms(_time.GetElapsedTime(_startedAt)) >= _limits.CallMs;

    /// <summary>A try begins.</summary>
    public void Begin(bool isStream)
    {
        _sentAt = _time.GetTimestamp();
        _isStream = isStream;
        _hasContent = false;
        _waited = _windowWaited = TimeSpan.Zero;
        _windowChars = 0;
        Reason = null;
    }

    /// <summary>A time limit of the connection, cut to what is left of the call; at least 1.</summary>
    public int Within(int usualMs) => Math.Max(1, LeftMs(usualMs));

    /// <summary>Content has come.</summary>
    public void Content(int chars)
    {
        _hasContent = true;
        _waited = TimeSpan.Zero;
        _windowChars += chars;
    }

    /// <summary>Reads on within the limits; a limit that is over is a failure of kind <see cref="UpstreamFailure.Timeout"/>.</summary>
    public async ValueTask<UpstreamRead> ReadAsync(UpstreamReply reply, Memory<byte> destination)
    {
        var left = LeftMs(_limits.ReadMs);
        if (left <= 0) return new UpstreamRead(0, false, UpstreamFailure.Timeout);
        reply.ReadTimeoutMs = left;
        var from = _time.GetTimestamp();
        var read = await reply.ReadAsync(destination);
        var waited = _time.GetElapsedTime(from);
        _waited += waited;
        if (_hasContent) _windowWaited += waited;
        return read;
    }

    int LeftMs(int usualMs)
    {
        (long Ms, string? Reason) least = (usualMs, null);
        if (_limits.CallMs > 0) Take(_limits.CallMs - Ms(_time.GetElapsedTime(_startedAt)), "the call took longer than call_timeout", ref least);
        if (_isStream && !_hasContent && _limits.FirstTokenMs > 0)
            Take(_limits.FirstTokenMs - Ms(_time.GetElapsedTime(_sentAt)), "no content within first_token_timeout", ref least);
        if (_isStream && _hasContent)
        {
            if (_limits.TokenMs > 0) Take(_limits.TokenMs - Ms(_waited), "no more content within token_timeout", ref least);
            if (_limits.TokensPerSecondMin > 0) Take(WindowLeftMs(), "content came slower than tokens_per_second_min", ref least);
        }
        Reason = least.Reason;
        return (int)Math.Max(0, least.Ms);
    }

    /// <summary>Time until the rate is certainly too low if nothing more comes.</summary>
    long WindowLeftMs()
    {
        var enough = (long)_limits.TokensPerSecondMin * CharsPerToken * _limits.WindowMs / 1000;
        var waitedMs = Ms(_windowWaited);
        if (waitedMs < _limits.WindowMs) return _limits.WindowMs - waitedMs + (_windowChars >= enough ? _limits.WindowMs : 0);
        // A wait may have been longer than a window: then more is wanted of it.
        if (_windowChars * _limits.WindowMs < enough * waitedMs) return 0;
        _windowWaited = TimeSpan.Zero;
        _windowChars = 0;
        return _limits.WindowMs;
    }

    static long Ms(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMillisecond;

    static void Take(long leftMs, string reason, ref (long Ms, string? Reason) least)
    {
        if (leftMs < least.Ms) least = (leftMs, reason);
    }
}
