using System.Collections.Concurrent;

namespace Weir.Gateway.Tests.Plugins;

/// <summary>A clock that stands still and tells when somebody starts to wait, so that a test moves it at the right moment.</summary>
sealed class WatchedTime : TimeProvider
{
    readonly ManualTime _time = new();
    readonly SemaphoreSlim _started = new(0);
    readonly ConcurrentQueue<TimeSpan> _waits = new();

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _time.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        _started.Release();
        return timer;
    }

    /// <summary>Waits until somebody starts a timer; how long it is for.</summary>
    public async Task<TimeSpan> NextWaitAsync()
    {
        await _started.WaitAsync();
        _waits.TryDequeue(out var wait);
        return wait;
    }

    public void Advance(TimeSpan by) => _time.Advance(by);
}
