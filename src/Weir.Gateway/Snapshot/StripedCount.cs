using System.Numerics;
using System.Runtime.InteropServices;

namespace Weir.Gateway;

/// <summary>A number that is added to all the time and read seldom: each core, or loop, adds to a cache line of its own.</summary>
sealed class StripedCount
{
    const int StripesMax = 16;

    static readonly int s_count = (int)Math.Min(StripesMax, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    readonly Stripe[] _stripes = new Stripe[s_count];

    /// <summary>The stripe of the loop whose thread this is, or else of the core. A stale one costs a little contention and no count.</summary>
    public static int Current => EventLoop.Current?.Index ?? Thread.GetCurrentProcessorId();

    /// <summary>Additions of different stripes may be seen in any order by a sum under way.</summary>
    public long Sum
    {
        get
        {
            var sum = 0L;
            foreach (ref var stripe in _stripes.AsSpan()) sum += Volatile.Read(ref stripe.Count);
            return sum;
        }
    }

    /// <summary>Adds, with a full fence.</summary>
    public void Add(int amount, int stripe) => Interlocked.Add(ref _stripes[stripe & (s_count - 1)].Count, amount);

    [StructLayout(LayoutKind.Explicit, Size = 64)]
    struct Stripe
    {
        [FieldOffset(0)] public long Count;
    }
}
