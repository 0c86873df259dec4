using Microsoft.Extensions.Logging;

namespace Weir.Telemetry;

/// <summary>
/// One background writer per log. Whoever adds a line copies it and goes on: nobody waits for a disk or a pipe. When the sink cannot keep up lines are
/// dropped and counted.
/// </summary>
sealed partial class LogWriter : IAsyncDisposable, IDisposable
{
    readonly LogLines _lines;
    readonly ILogSink _sink;
    readonly LogSettings _settings;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly Counter _full;
    readonly Counter _failed;
    readonly SemaphoreSlim _some = new(0);
    readonly CancellationTokenSource _stopping = new();
    readonly Task _running;
    TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool _isFailing;

    public LogWriter(ILogSink sink, LogSettings settings, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        (_sink, _settings, _time, _log) = (sink, settings, time, log);
        _lines = new LogLines(settings.QueueBytesMax);
        var dropped = metrics.Counter("weir_log_lines_dropped_total", "Log lines that were dropped because the queue was full or the sink failed.",
            ["log", "reason"]);
        _full = dropped.With(settings.Name, "full");
        _failed = dropped.With(settings.Name, "failed");
        _running = Task.Run(RunAsync);
    }

    /// <summary>Adds a line, its line end included. False when there is no room: the line is dropped and counted.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        switch (_lines.TryAdd(line))
        {
            case Added.Dropped:
                _full.Add();
                return false;
            case Added.First:
                _some.Release();
                return true;
            case Added.HalfFull:
                Volatile.Read(ref _hurry).TrySetResult();
                return true;
            default:
                return true;
        }
    }

    /// <summary>Opens the sink again before the next line, for rotations that send a signal.</summary>
    public void Reopen() => _sink.Reopen();

    public void Dispose() => _stopping.Cancel();

    /// <summary>Writes what waits, then closes the sink.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _running;
    }

    async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _some.WaitAsync(_stopping.Token);
                await CollectAsync();
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await WriteAsync();
        }
        await WriteAsync();
        // The token source stays: whoever held the log may dispose it again, after a drain for instance. It holds no timer and no handle.
        _sink.Dispose();
    }

    /// <summary>Waits for more lines, until the interval is over or the buffer is half full.</summary>
    async Task CollectAsync()
    {
        if (_settings.FlushInterval <= TimeSpan.Zero) return;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        await Task.WhenAny(_hurry.Task, Task.Delay(_settings.FlushInterval, _time, over.Token));
        await over.CancelAsync();
        if (_hurry.Task.IsCompleted) Volatile.Write(ref _hurry, new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    async Task WriteAsync()
    {
        var lines = _lines.Take(out var count);
        if (count == 0) return;
        try
        {
            await _sink.WriteAsync(lines);
            _isFailing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _failed.Add(count);
            if (!_isFailing) LogFailing(_log, _settings.Name, exception.Message);
            _isFailing = true;
        }
    }

    [LoggerMessage(20, LogLevel.Error, "The {Name} log cannot be written: {Reason} Lines are dropped until it can (weir_log_lines_dropped_total)")]
    static partial void LogFailing(ILogger log, string name, string reason);
}
