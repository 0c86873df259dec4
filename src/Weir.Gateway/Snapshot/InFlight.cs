using System.Runtime.InteropServices;

namespace Weir.Gateway;

/// <summary>
/// Counts the requests under way on one snapshot, striped so that cores do not share a cache line, and runs an action once when the snapshot has been
/// retired and the last request has left.
/// </summary>
sealed class InFlight(Action onDrained)
{
    const int Stripes = 16;

    readonly Stripe[] _stripes = new Stripe[Stripes];
    volatile bool _retired;
    int _drained;

    /// <summary>False when the snapshot was retired meanwhile: take the current one and try again.</summary>
    public bool TryEnter(int stripe)
    {
        // The increment is a full fence, as is the write of _retired: either this sees the flag, or Retire sees the count.
        Interlocked.Increment(ref _stripes[stripe & (Stripes - 1)].Count);
        if (!_retired) return true;
        Leave(stripe);
        return false;
    }

    public void Leave(int stripe)
    {
        Interlocked.Decrement(ref _stripes[stripe & (Stripes - 1)].Count);
        if (_retired) CheckDrained();
    }

    /// <summary>No new request may enter; the action runs now or when the last one leaves.</summary>
    public void Retire()
    {
        _retired = true;
        Interlocked.MemoryBarrier();
        CheckDrained();
    }

    /// <summary>Requests under way.</summary>
    public long Count
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < Stripes; i++) sum += Volatile.Read(ref _stripes[i].Count);
            return sum;
        }
    }

    void CheckDrained()
    {
        if (Count == 0 && Interlocked.Exchange(ref _drained, 1) == 0) onDrained();
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    struct Stripe
    {
        [FieldOffset(64)] public long Count;
    }
}
