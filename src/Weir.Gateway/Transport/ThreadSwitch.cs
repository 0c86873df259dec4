using System.Runtime.CompilerServices;

namespace Weir.Gateway;

/// <summary>Awaited, goes on on an event loop, or on the thread pool, whichever thread this is. Costs a comparison where nothing has to change.</summary>
readonly struct ThreadSwitch : ICriticalNotifyCompletion
{
    readonly EventLoop? _loop;
    readonly string? _work;
    readonly bool _toPool;

    ThreadSwitch(EventLoop? loop, string? work, bool toPool) => (_loop, _work, _toPool) = (loop, work, toPool);

    /// <summary>Stays where it is.</summary>
    public static ThreadSwitch None => default;

    /// <summary>Leaves the loop, if this is one: what takes long keeps nobody else waiting.</summary>
    public static ThreadSwitch ToPool => new(null, null, true);

    public bool IsCompleted => _toPool ? EventLoop.Current is null : _loop is null || _loop.IsCurrent;

    /// <summary>Goes on on <paramref name="loop"/>; <paramref name="work"/> is what is done there, for the report when it takes too long.</summary>
    public static ThreadSwitch To(EventLoop loop, string? work = null) => new(loop, work, false);

    public ThreadSwitch GetAwaiter() => this;

    public void GetResult()
    {
        if (_loop is not null) _loop.Doing = _work;
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        if (_loop is null) ThreadPool.UnsafeQueueUserWorkItem(static state => state(), continuation, preferLocal: false);
        else _loop.Post(static state => ((Action)state!)(), continuation);
    }
}
