namespace Weir;

/// <summary>
/// A thread that requests belong to, an event loop. Whoever completes what many requests wait for hands them back to it together: on the thread pool each of
/// them would be queued by itself, and would have to come back for its socket.
/// </summary>
abstract class HomeThread
{
    [ThreadStatic]
    static HomeThread? t_current;

    /// <summary>The one that runs this code, or null.</summary>
    public static HomeThread? Current
    {
        get => t_current;
        protected set => t_current = value;
    }

    /// <summary>Runs <paramref name="work"/> on this thread, soon. From any thread.</summary>
    public abstract void Post(Action<object?> work, object? state);
}
