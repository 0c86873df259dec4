using System.Buffers;

namespace Weir.Telemetry;

/// <summary>Lines that go to disk together. All who wait for one of them wait for the batch.</summary>
sealed class UsageBatch
{
    /// <summary>A larger buffer is not kept for the next batch.</summary>
    const int KeptBytesMax = 1 << 20;

    ArrayBufferWriter<byte> _lines = new(4096);
    readonly List<HomeWait> _homes = [];
    TaskCompletionSource? _done;

    public int Records { get; private set; }

    public int Bytes => _lines.WrittenCount;

    public ReadOnlySpan<byte> Lines => _lines.WrittenSpan;

    /// <summary>
    /// Adds a line. The task ends when it is written, or failed: on <paramref name="home"/>, one after the other with the others of the batch that wait there,
    /// or on the thread pool.
    /// </summary>
    public ValueTask Add(ReadOnlySpan<byte> line, HomeThread? home)
    {
        _lines.Write(line);
        Records++;
        return home is null ? new ValueTask((_done ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task) : new ValueTask(WaitOf(home), 0);
    }

    public void Complete()
    {
        foreach (var wait in _homes) wait.End(null);
        _done?.SetResult();
    }

    public void Fail(UsageLedgerException reason)
    {
        foreach (var wait in _homes) wait.End(reason);
        _done?.SetException(reason);
    }

    /// <summary>Makes ready for the next lines.</summary>
    public void Clear()
    {
        if (_lines.Capacity > KeptBytesMax) _lines = new(4096);
        else _lines.ResetWrittenCount();
        _homes.Clear();
        _done = null;
        Records = 0;
    }

    HomeWait WaitOf(HomeThread home)
    {
        foreach (var other in _homes)
            if (other.Home == home) return other;
        var wait = new HomeWait(home);
        _homes.Add(wait);
        return wait;
    }
}

/// <summary>A record could not be written.</summary>
sealed class UsageLedgerException(string message, Exception? inner = null) : Exception(message, inner);
