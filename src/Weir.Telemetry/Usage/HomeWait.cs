using System.Threading.Tasks.Sources;

namespace Weir.Telemetry;

/// <summary>
/// What requests of one event loop wait for together. It ends by one hand-over to the loop, which runs all that waits, one after the other; a task would run
/// one of them there and give the others to the thread pool.
/// </summary>
sealed class HomeWait(HomeThread home) : IValueTaskSource
{
    readonly Lock _gate = new();
    List<(Action<object?> Continuation, object? State)>? _waiting = [];
    Exception? _failure;

    public HomeThread Home => home;

    /// <summary>Ends the wait, well or by a failure. Once, from any thread.</summary>
    public void End(Exception? failure)
    {
        _failure = failure;
        home.Post(static wait => ((HomeWait)wait!).Run(), this);
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        lock (_gate)
        {
            return _waiting is not null ? ValueTaskSourceStatus.Pending
                : _failure is null ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Faulted;
        }
    }

    public void GetResult(short token)
    {
        if (_failure is not null) throw _failure;
    }

    /// <summary>The flags are about contexts: an event loop has none, and an async method brings its own.</summary>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        lock (_gate)
        {
            if (_waiting is not null)
            {
                _waiting.Add((continuation, state));
                return;
            }
        }
        home.Post(continuation, state);
    }

    void Run()
    {
        List<(Action<object?> Continuation, object? State)> waiting;
        lock (_gate) (waiting, _waiting) = (_waiting!, null);
        foreach (var (continuation, state) in waiting) continuation(state);
    }
}
