using System.Numerics;
using System.Runtime.InteropServices;

namespace Weir.Telemetry;

/// <summary>
/// Spreads the writes to one number over several cache lines, one per core, so that cores which count the same thing do not wait for each other.
/// Reading adds the stripes up.
/// </summary>
static class Stripes
{
    /// <summary>More stripes than this cost memory per series and gain nothing.</summary>
    public const int CountMax = 16;

    /// <summary>A power of two, so that the stripe of a core is one mask.</summary>
    public static readonly int Count = (int)Math.Min(CountMax, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    /// <summary>The stripe of the core that runs this thread. The thread may move right after, so writes must be atomic all the same.</summary>
    public static int Current => Thread.GetCurrentProcessorId() & (Count - 1);
}

/// <summary>A number alone on its cache line.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
struct PaddedLong
{
    [FieldOffset(0)]
    public long Value;
}
