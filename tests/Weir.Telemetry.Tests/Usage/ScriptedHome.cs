namespace Weir.Telemetry.Tests;

/// <summary>An event loop that runs what was posted when it is told to, on the thread of the test.</summary>
sealed class ScriptedHome : HomeThread
{
    readonly TaskCompletionSource _posted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    (Action<object?> Work, object? State)? _work;

    /// <summary>Completes when something was posted, which happens once.</summary>
    public Task Posted => _posted.Task;

    public override void Post(Action<object?> work, object? state)
    {
        if (_work is not null) throw new InvalidOperationException("More than one hand-over.");
        _work = (work, state);
        _posted.SetResult();
    }

    /// <summary>Does something as if on this loop.</summary>
    public Task Do(Func<Task> action)
    {
        var context = SynchronizationContext.Current;
        // A loop has none.
        SynchronizationContext.SetSynchronizationContext(null);
        Current = this;
        try
        {
            return action();
        }
        finally
        {
            Current = null;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Run() => Do(() =>
    {
        _work!.Value.Work(_work.Value.State);
        return Task.CompletedTask;
    });
}
