using System.Threading.Tasks.Sources;

namespace Weir.Gateway;

/// <summary>A <see cref="LoopWait"/> that a cancellation token may end as well: what a connection's reader and writer wait with.</summary>
struct StoppableWait
{
    LoopWait _wait;
    CancellationToken _stop;
    CancellationTokenRegistration _registration;
    bool _stopped;

    /// <inheritdoc cref="LoopWait.IsPending"/>
    public readonly bool IsPending => _wait.IsPending;

    public readonly short Version => _wait.Version;

    /// <summary>Begins a wait. From here on the loop may end it.</summary>
    public void Begin(CancellationToken stop)
    {
        _stop = stop;
        _wait.Begin();
    }

    /// <summary>
    /// Has <paramref name="post"/> called with <paramref name="owner"/> when the token fires, on any thread; it is to bring <see cref="Stop"/> to the loop.
    /// </summary>
    public void Register(Action<object?> post, object owner)
    {
        if (_stop.CanBeCanceled) _registration = _stop.UnsafeRegister(post, owner);
    }

    /// <inheritdoc cref="LoopWait.Complete"/>
    public void Complete() => _wait.Complete();

    /// <summary>
    /// Ends the wait if it is the one whose token has fired: the one that was to be stopped may have ended, and another begun. On the loop only.
    /// </summary>
    public void Stop()
    {
        if (!_wait.IsPending || !_stop.IsCancellationRequested) return;
        _stopped = true;
        _wait.Complete();
    }

    /// <summary>Makes ready for the next operation; throws when this one was stopped. To be called by GetResult.</summary>
    public void End(short token)
    {
        _wait.End(token);
        _registration.Dispose();
        _registration = default;
        if (!_stopped) return;
        _stopped = false;
        throw new OperationCanceledException(_stop);
    }

    public ValueTaskSourceStatus Status(short token) => _wait.Status(token);

    public void OnCompleted(EventLoop loop, Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(loop, continuation, state, token, flags);
}
