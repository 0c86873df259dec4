using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Weir.Bench.Load;

/// <summary>Waits of a thread that end when they should: the kernel may wake one 50 µs late otherwise, which is more than a gateway's answer takes.</summary>
static unsafe partial class KernelWait
{
    const int TimerSlackOption = 29;
    const int Interrupted = 4;

    /// <summary>Exact waits for the calling thread from now on.</summary>
    public static void BeExact() => _ = SetThreadOption(TimerSlackOption, 1, 0, 0, 0);

    public static void Sleep(TimeSpan time) => For([], time);

    /// <summary>Waits until one of the descriptors is ready, and for <paramref name="timeout"/> at most. How many are.</summary>
    public static int For(PollEntry[] entries, TimeSpan timeout)
    {
        var ticks = Math.Max(0, timeout.Ticks);
        var limit = new KernelTime { Seconds = ticks / TimeSpan.TicksPerSecond, Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        int count;
        fixed (PollEntry* polled = entries)
            count = Poll(polled, (nuint)entries.Length, &limit, null);
        return count >= 0 || Marshal.GetLastPInvokeError() == Interrupted ? Math.Max(0, count) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, KernelTime* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetThreadOption(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    /// <summary>struct timespec.</summary>
    struct KernelTime
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

/// <summary>struct pollfd of poll(2).</summary>
struct PollEntry
{
    public const short In = 1;

    public int Descriptor;
    public short Wanted;
    public short Seen;
}
