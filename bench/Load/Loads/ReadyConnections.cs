using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Weir.Bench.Load;

/// <summary>A sender's connections: those that are idle, in the order of their last answer, and those whose answer can be read.</summary>
sealed unsafe partial class ReadyConnections : IDisposable
{
    const short PollIn = 1;
    const int TimerSlackOption = 29;
    const int Interrupted = 4;

    readonly List<ClientConnection> _all = [];
    readonly Queue<ClientConnection> _idle = [];
    readonly List<ClientConnection> _ready = [];
    readonly PollEntry[] _polled;

    public ReadyConnections(int port, int count)
    {
        _polled = new PollEntry[count];
        for (var i = 0; i < count; i++)
        {
            _all.Add(new ClientConnection(port));
            _idle.Enqueue(_all[i]);
            _polled[i] = new PollEntry { Descriptor = _all[i].Descriptor, Wanted = PollIn };
        }

        // The kernel may wake this thread 50 µs late otherwise, which is more than a gateway's answer takes.
        _ = SetThreadOption(TimerSlackOption, 1, 0, 0, 0);
    }

    public bool HasIdle => _idle.Count > 0;

    public bool TryTake([NotNullWhen(true)] out ClientConnection? connection) => _idle.TryDequeue(out connection);

    public void Return(ClientConnection connection) => _idle.Enqueue(connection);

    public void Reopen(ClientConnection broken)
    {
        broken.Reopen();
        _polled[_all.IndexOf(broken)].Descriptor = broken.Descriptor;
    }

    /// <summary>Those that have something to read; none after <paramref name="timeout"/>. The list is good until the next call.</summary>
    public List<ClientConnection> Wait(TimeSpan timeout)
    {
        _ready.Clear();
        var ticks = Math.Max(0, timeout.Ticks);
        var limit = new KernelTime { Seconds = ticks / TimeSpan.TicksPerSecond, Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        int count;
        fixed (PollEntry* polled = _polled)
            count = Poll(polled, (nuint)_polled.Length, &limit, null);
        if (count < 0 && Marshal.GetLastPInvokeError() is var error and not Interrupted)
            throw new Win32Exception(error);
        for (var i = 0; i < _polled.Length && count > 0; i++)
        {
            if (_polled[i].Seen != 0)
                _ready.Add(_all[i]);
        }

        return _ready;
    }

    public void Dispose()
    {
        foreach (var connection in _all)
            connection.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, KernelTime* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int SetThreadOption(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    /// <summary>struct pollfd of poll(2).</summary>
    struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    /// <summary>struct timespec.</summary>
    struct KernelTime
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
