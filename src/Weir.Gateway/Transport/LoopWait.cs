using System.Threading.Tasks.Sources;

namespace Weir.Gateway;

/// <summary>
/// The awaiting side of one operation at a time, without allocation: what an <see cref="IValueTaskSource"/> needs besides its result. The loop completes it
/// and runs the continuation at once, unless the code that awaits asked for a context of its own.
/// </summary>
struct LoopWait
{
    static readonly Action<object?> s_completed = static _ => throw new InvalidOperationException("An operation was awaited twice.");

    static readonly Action<object?> s_runBoxed = static boxed =>
    {
        var (run, state, execution) = ((Action<object?>, object?, ExecutionContext?))boxed!;
        if (execution is null) run(state);
        else ExecutionContext.Run(execution, new ContextCallback(run), state);
    };

    Action<object?>? _continuation;
    object? _state;
    SynchronizationContext? _context;
    ExecutionContext? _execution;
    short _version;
    volatile bool _isPending;

    /// <summary>Between <see cref="Begin"/> and <see cref="Complete"/>, as the loop sees it.</summary>
    public readonly bool IsPending => _isPending;

    public readonly short Version => _version;

    public void Begin()
    {
        if (_isPending || _continuation is not null) throw new InvalidOperationException("An operation of this kind is under way already.");
        _isPending = true;
    }

    /// <summary>Ends the wait. On the loop only; the result must have been stored before.</summary>
    public void Complete()
    {
        _isPending = false;
        // From the exchange on, another thread may take the result and begin the next operation: nothing may be written after it.
        if (Interlocked.Exchange(ref _continuation, s_completed) is { } continuation) Run(continuation);
    }

    /// <summary>Makes ready for the next operation. To be called by GetResult.</summary>
    public void End(short token)
    {
        Check(token);
        if (Volatile.Read(ref _continuation) != s_completed) throw new InvalidOperationException("The operation has not ended.");
        _version++;
        _state = null;
        _context = null;
        _execution = null;
        Volatile.Write(ref _continuation, null);
    }

    public ValueTaskSourceStatus Status(short token)
    {
        Check(token);
        return Volatile.Read(ref _continuation) == s_completed ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;
    }

    public void OnCompleted(EventLoop loop, Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        _state = state;
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0) _context = SynchronizationContext.Current;
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0) _execution = ExecutionContext.Capture();
        var before = Interlocked.CompareExchange(ref _continuation, continuation, null);
        if (before is null) return;
        if (before != s_completed) throw new InvalidOperationException("An operation was awaited twice.");
        // It ended meanwhile, on the loop: the continuation goes there as it would have.
        if (_context is not null) Post(_context, continuation);
        else loop.Post(s_runBoxed, (continuation, _state, _execution));
    }

    readonly void Run(Action<object?> continuation)
    {
        if (_context is not null) Post(_context, continuation);
        else if (_execution is not null) ExecutionContext.Run(_execution, new ContextCallback(continuation), _state);
        else continuation(_state);
    }

    readonly void Post(SynchronizationContext context, Action<object?> continuation) =>
        context.Post(static boxed => s_runBoxed(boxed), (continuation, _state, _execution));

    readonly void Check(short token)
    {
        if (token != _version) throw new InvalidOperationException("The operation has ended before.");
    }
}
