using System.Diagnostics;

namespace Weir.Gateway;

/// <summary>What one loop has done. Written by the loop's thread, read by anyone.</summary>
sealed class LoopCounters
{
    long _turns;
    long _events;
    long _work;
    long _exhausted;
    long _acceptFailures;
    long _held;
    long _farewellsCut;
    long _longestTurn;
    int _connections;

    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Events of sockets.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Pieces of posted work.</summary>
    public long Work => Volatile.Read(ref _work);

    /// <summary>How often a socket had more to do than one turn allows.</summary>
    public long BudgetsExhausted => Volatile.Read(ref _exhausted);

    /// <summary>How often a connection could not be accepted: out of descriptors, memory or buffers.</summary>
    public long AcceptFailures => Volatile.Read(ref _acceptFailures);

    /// <summary>How often one piece of work held the loop for too long.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>How often a connection was closed before the client's end, because too many waited for theirs.</summary>
    public long FarewellsCut => Volatile.Read(ref _farewellsCut);

    /// <summary>The longest turn since the last call.</summary>
    public TimeSpan TakeLongestTurn() => Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longestTurn, 0));

    /// <summary>Clients' connections open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    internal void TurnEnded(int events, long ticks)
    {
        _turns++;
        _events += events;
        if (ticks > _longestTurn) Volatile.Write(ref _longestTurn, ticks);
    }

    internal void WorkRun(int count) => _work += count;

    internal void BudgetExhausted() => _exhausted++;

    internal void WasHeld() => _held++;

    internal void AcceptFailed() => _acceptFailures++;

    internal void FarewellCut() => _farewellsCut++;

    internal void ConnectionOpened() => Interlocked.Increment(ref _connections);

    internal void ConnectionClosed() => Interlocked.Decrement(ref _connections);
}
