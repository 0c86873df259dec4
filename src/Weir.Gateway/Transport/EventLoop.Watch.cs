using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

sealed unsafe partial class EventLoop
{
    /// <summary>What runs longer than this without giving the loop back keeps all its connections waiting.</summary>
    static readonly TimeSpan HeldMax = TimeSpan.FromMilliseconds(10);

    /// <summary>Reports of one loop are at least this far apart.</summary>
    static readonly TimeSpan ReportPause = TimeSpan.FromSeconds(10);

    /// <summary>Who was at work for so long is to blame; the coarse clock may be a tick behind.</summary>
    const long CulpritMs = 6;

    static readonly long s_heldTicksMax = (long)(HeldMax.TotalSeconds * Stopwatch.Frequency);

    string? _doing;
    long _doingSinceMs;
    string? _culprit;
    long _reported;

    /// <summary>Who is at work on the loop, for the report when it takes too long: a plugin's name, as a rule.</summary>
    public string? Doing
    {
        get => Volatile.Read(ref _doing);
        set
        {
            // The coarse clock: this is asked for every plugin of every request.
            var nowMs = Environment.TickCount64;
            if (_doing is not null && nowMs - _doingSinceMs >= CulpritMs) _culprit ??= _doing;
            _doingSinceMs = nowMs;
            Volatile.Write(ref _doing, value);
        }
    }

    /// <summary>Reports a loop that does not come back at all. From any thread.</summary>
    internal void ReportIfStuck()
    {
        var started = TurnStarted;
        if (started == 0 || Stopwatch.GetElapsedTime(started) < ReportPause) return;
        LogStuck(_log, Index, (long)Stopwatch.GetElapsedTime(started).TotalSeconds, Doing ?? "a connection");
    }

    /// <summary>After one piece of work that began at <paramref name="started"/>: looks how long it took, and tells the time for the next.</summary>
    long Held(long started)
    {
        var now = Stopwatch.GetTimestamp();
        if (now - started <= s_heldTicksMax)
        {
            _doing = _culprit = null;
            return now;
        }
        Counters.WasHeld();
        if (_reported == 0 || Stopwatch.GetElapsedTime(_reported, now) >= ReportPause)
        {
            _reported = now;
            // Without a plugin to name it was the machine, as a rule, that had no processor to spare for the loop's thread: nothing that anybody could mend.
            var culprit = _culprit ?? _doing;
            var level = culprit is null ? LogLevel.Debug : LogLevel.Warning;
            LogHeld(_log, level, Index, (long)Stopwatch.GetElapsedTime(started, now).TotalMilliseconds, culprit ?? "a connection");
        }
        _doing = _culprit = null;
        return now;
    }

    [LoggerMessage(EventId = 2, Message = "Event loop {Index} was held for {Milliseconds} ms by {Culprit}: the connections of the loop had to wait")]
    static partial void LogHeld(ILogger log, LogLevel level, int index, long milliseconds, string culprit);

    [LoggerMessage(3, LogLevel.Critical, "Event loop {Index} has been held for {Seconds} s by {Culprit}: its connections stand still")]
    static partial void LogStuck(ILogger log, int index, long seconds, string culprit);
}
