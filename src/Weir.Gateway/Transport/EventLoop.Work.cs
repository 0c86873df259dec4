using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Weir.Gateway;

sealed unsafe partial class EventLoop
{
    /// <summary>Posted work run in one turn; the rest waits for the next, behind the sockets' events.</summary>
    const int WorkPerTurnMax = 1024;

    readonly Queue<Work> _own = new();
    readonly ConcurrentQueue<Work> _foreign = new();

    /// <summary>Held to wake the loop and to end it: the descriptor's number may belong to something else right after.</summary>
    readonly Lock _wakeGate = new();

    /// <summary>Held to run what is posted after the end.</summary>
    readonly Lock _lateGate = new();

    volatile bool _hasEnded;
    int _asleep;

    /// <summary>
    /// Runs <paramref name="work"/> on the loop, in this turn or the next. From any thread. After the loop's end it runs on the thread pool, one piece at a
    /// time as before: whoever closes what is left must not wait for ever.
    /// </summary>
    public override void Post(Action<object?> work, object? state)
    {
        if (IsCurrent)
        {
            _own.Enqueue(new(work, state));
            return;
        }
        _foreign.Enqueue(new(work, state));
        Wake();
        if (_hasEnded) ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.RunLate(), this, preferLocal: false);
    }

    /// <summary>Awaited, goes on on the loop's thread.</summary>
    public Entry Enter() => new(this);

    /// <summary>Ends the loop's sleep, if it sleeps.</summary>
    void Wake()
    {
        // What was queued before must be seen by a loop that is about to sleep: a full fence here, another in MayWait.
        if (Interlocked.CompareExchange(ref _asleep, 0, 1) == 0) return;
        lock (_wakeGate)
        {
            // The descriptor is edge-triggered: every write is an event, and nobody needs to read the count.
            var one = 1L;
            if (!_hasEnded) _ = Libc.Write(_wake, &one, sizeof(long));
        }
    }

    /// <summary>Whether the loop may sleep until something happens. From then on whoever posts wakes it.</summary>
    bool MayWait()
    {
        if (_own.Count > 0 || !_foreign.IsEmpty) return false;
        Interlocked.Exchange(ref _asleep, 1);
        return _foreign.IsEmpty && !_stopping;
    }

    void Awake() => Volatile.Write(ref _asleep, 0);

    /// <summary>Runs what was posted before now, within bounds; true when there was something.</summary>
    bool RunWork(ref long now)
    {
        // What this work posts in turn belongs to the next turn, or it would keep the sockets waiting.
        var own = Math.Min(_own.Count, WorkPerTurnMax);
        var foreign = WorkPerTurnMax;
        for (var i = 0; i < own; i++)
        {
            Run(_own.Dequeue());
            now = Held(now);
        }
        while (foreign > 0 && _foreign.TryDequeue(out var work))
        {
            foreign--;
            Run(work);
            now = Held(now);
        }
        var count = own + WorkPerTurnMax - foreign;
        Counters.WorkRun(count);
        return count > 0;
    }

    /// <summary>Closes the loop's descriptors, and runs what was posted too late for its last turn.</summary>
    void End()
    {
        lock (_wakeGate)
        {
            _hasEnded = true;
            _ = Libc.Close(_epoll);
            _ = Libc.Close(_wake);
        }
        RunLate();
    }

    void RunLate()
    {
        lock (_lateGate)
        {
            HomeThread.Current = t_loop = this;
            while (_own.TryDequeue(out var work) || _foreign.TryDequeue(out work)) Run(work);
            HomeThread.Current = t_loop = null;
        }
    }

    void Run(in Work work)
    {
        try
        {
            work.Action(work.State);
        }
        catch (Exception exception)
        {
            LogFault(_log, exception);
        }
    }

    readonly record struct Work(Action<object?> Action, object? State);

    /// <summary>The way onto a loop.</summary>
    public readonly struct Entry(EventLoop loop) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => loop.IsCurrent;

        public Entry GetAwaiter() => this;

        public void GetResult() { }

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation) => loop.Post(static state => ((Action)state!)(), continuation);
    }
}
