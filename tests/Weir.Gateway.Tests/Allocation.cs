namespace Weir.Gateway.Tests;

/// <summary>What code allocates on the thread that runs it.</summary>
static class Allocation
{
    const int Rounds = 8;

    /// <summary>
    /// The fewest bytes that one of several rounds allocates. The runtime allocates now and then on any thread, for a method's next tier or the first use of
    /// a static; code that allocates does so in every round.
    /// </summary>
    public static long LeastBytes(Action round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Rounds && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
