using System.Text;

namespace Weir.Telemetry.Tests;

/// <summary>A sink that keeps what it got, can be told to fail, and can be held.</summary>
sealed class MemorySink : ILogSink
{
    readonly StringBuilder _got = new();
    readonly SemaphoreSlim _written = new(0);
    TaskCompletionSource? _held;

    public string Got
    {
        get { lock (_got) return _got.ToString(); }
    }

    public bool Fails { get; set; }
    public bool Disposed { get; private set; }
    public int Reopened { get; private set; }

    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _held!.SetResult();

    /// <summary>Waits for the next write to begin.</summary>
    public Task NextAsync() => _written.WaitAsync();

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines)
    {
        _written.Release();
        if (_held is { } held) await held.Task;
        if (Fails) throw new IOException("No space left on device");
        lock (_got) _got.Append(Encoding.UTF8.GetString(lines.Span));
    }

    public void Reopen() => Reopened++;

    public void Dispose() => Disposed = true;
}
