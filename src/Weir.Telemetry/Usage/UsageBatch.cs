using System.Buffers;

namespace Weir.Telemetry;

/// <summary>Lines that go to disk together. All who wait for one of them wait for the batch.</summary>
sealed class UsageBatch
{
    readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ArrayBufferWriter<byte> _lines = new(4096);

    public int Records { get; private set; }

    public int Bytes => _lines.WrittenCount;

    public ReadOnlySpan<byte> Lines => _lines.WrittenSpan;

    /// <summary>Completes when the lines are written, or fails.</summary>
    public Task Done => _done.Task;

    public void Add(ReadOnlySpan<byte> line)
    {
        _lines.Write(line);
        Records++;
    }

    public void Complete() => _done.SetResult();

    public void Fail(UsageLedgerException reason) => _done.SetException(reason);
}

/// <summary>A record could not be written.</summary>
sealed class UsageLedgerException(string message, Exception? inner = null) : Exception(message, inner);
