using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>
/// One thread that waits for its sockets with epoll and runs what waits for them, to the next wait. Sockets belong to one loop for life, and only the
/// loop's thread touches them: no locks, no hand-over between threads.
/// </summary>
/// <remarks>
/// A turn: events of the sockets, then work that was posted, both bounded, so that neither starves the other. Nothing may block a loop.
/// A loop is no <see cref="SynchronizationContext"/>: code that awaited something else (a timer, Redis) goes on on the thread pool until its next
/// socket operation, or until it says <see cref="Enter"/>. With a context, tasks would be resumed by posting where they are resumed in place now, which
/// costs time and memory in every proxied request.
/// </remarks>
sealed unsafe partial class EventLoop : HomeThread
{
    const int EventsPerTurnMax = 512;
    const int Forever = -1;

    /// <summary>The clock is looked at after so many events, and at the end: a look costs a hundredth of a request.</summary>
    const int EventsPerLook = 8;

    const ulong WakeToken = ulong.MaxValue;

    [ThreadStatic]
    static EventLoop? t_loop;

    readonly int _epoll;
    readonly int _wake;
    readonly LoopSlots _slots = new();
    readonly Thread _thread;
    readonly ILogger _log;
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _stopping;
    long _turnStarted;

    public EventLoop(int index, TimeProvider time, ILogger log)
    {
        Index = index;
        _log = log;
        Farewells = new(this, time);
        _epoll = Checked(Libc.EpollCreate(Libc.CloseOnExec));
        _wake = Checked(Libc.EventDescriptor(0, Libc.NonBlocking | Libc.CloseOnExec));
        Control(Libc.EpollAdd, _wake, EpollFlags.Readable | EpollFlags.EdgeTriggered, WakeToken);
        _thread = new Thread(Run) { IsBackground = true, Name = $"weir loop {index}" };
        _thread.Start();
    }

    /// <summary>The loop whose thread this is, or null.</summary>
    public static new EventLoop? Current => t_loop;

    /// <summary>Place among the loops of the process, from 0.</summary>
    public int Index { get; }

    public bool IsCurrent => t_loop == this;

    /// <summary>Buffers of the loop's connections.</summary>
    public BlockPool Blocks { get; } = new();

    public Farewells Farewells { get; }

    public LoopCounters Counters { get; } = new();

    /// <summary>When the turn under way began, as <see cref="Stopwatch"/> counts; 0 while the loop waits. From any thread.</summary>
    public long TurnStarted => Volatile.Read(ref _turnStarted);

    /// <summary>Counts turns: what a socket may do in one is limited.</summary>
    internal int Turn { get; private set; }

    /// <summary>
    /// Starts to report the events of a descriptor to <paramref name="handler"/>. On the loop only. Throws <see cref="IOException"/> when the kernel has no
    /// room for another, or the loop has ended.
    /// </summary>
    internal void Register(LoopHandler handler, EpollFlags flags)
    {
        Debug.Assert(IsCurrent, "Only the loop's thread may register.");
        if (_hasEnded) throw new IOException("The event loop has ended.");
        handler.Token = _slots.Add(handler);
        Control(Libc.EpollAdd, handler.Descriptor, flags, handler.Token);
    }

    /// <summary>Changes what is reported.</summary>
    internal void Change(LoopHandler handler, EpollFlags flags) => Control(Libc.EpollModify, handler.Descriptor, flags, handler.Token);

    /// <summary>Forgets a handler, whose descriptor is about to be closed. Events for it that were already fetched are dropped.</summary>
    internal void Unregister(LoopHandler handler) => _slots.Remove(handler.Token);

    /// <summary>Ends the thread after the turn under way, and with it what is still open.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        Wake();
        return _ended.Task;
    }

    void Run()
    {
        HomeThread.Current = t_loop = this;
        var events = new EpollEvents(EventsPerTurnMax);
        while (!_stopping) RunTurn(events);
        // Whoever waits for this loop must not wait for ever.
        foreach (var handler in _slots.Handlers()) Abandon(handler);
        var now = Stopwatch.GetTimestamp();
        while (RunWork(ref now)) { }
        events.Dispose();
        End();
        _ended.SetResult();
    }

    void RunTurn(in EpollEvents events)
    {
        var count = Libc.EpollWait(_epoll, events.First, events.Count, MayWait() ? Forever : 0);
        Awake();
        var started = Stopwatch.GetTimestamp();
        Volatile.Write(ref _turnStarted, started);
        Turn++;
        var now = started;
        for (var i = 0; i < count; i++)
        {
            Dispatch(events.Token(i), events.Flags(i));
            if (i % EventsPerLook == EventsPerLook - 1) now = Held(now);
        }
        now = Held(now);
        RunWork(ref now);
        Counters.TurnEnded(Math.Max(count, 0), now - started);
        Volatile.Write(ref _turnStarted, 0);
    }

    void Dispatch(ulong token, EpollFlags flags)
    {
        if (_slots.Find(token) is not { } handler) return;
        try
        {
            handler.OnEvents(flags);
        }
        catch (Exception exception)
        {
            LogFault(_log, exception);
        }
    }

    void Abandon(LoopHandler handler)
    {
        try
        {
            handler.Abandon();
        }
        catch (Exception exception)
        {
            LogFault(_log, exception);
        }
    }

    void Control(int operation, int descriptor, EpollFlags flags, ulong token)
    {
        var described = stackalloc byte[EpollEvents.EventBytesMax];
        EpollEvents.Write(described, flags, token);
        Checked(Libc.EpollControl(_epoll, operation, descriptor, described));
    }

    static int Checked(int result) => result >= 0 ? result : throw new IOException("An event loop failed: " + Libc.Text(Libc.LastError));

    [LoggerMessage(1, LogLevel.Error, "Unexpected failure on an event loop")]
    static partial void LogFault(ILogger log, Exception exception);
}
