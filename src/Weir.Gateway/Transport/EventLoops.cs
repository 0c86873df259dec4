using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>The event loops of a node, one for each core.</summary>
sealed class EventLoops : IAsyncDisposable
{
    static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(10);

    // The kernel spreads connections by chance: some more on one loop are not worth the way to another, many more are.
    const int UnevenMin = 1;
    const int UnevenPart = 16;

    readonly EventLoop[] _loops;
    readonly ITimer _watch;
    int _next;

    public EventLoops(int count, TimeProvider time, ILogger log)
    {
        _loops = [.. Enumerable.Range(0, count).Select(index => new EventLoop(index, time, log))];
        _watch = time.CreateTimer(static state => ((EventLoops)state!).ReportStuck(), this, WatchPeriod, WatchPeriod);
    }

    /// <summary>Whether this machine can run them; elsewhere the runtime's sockets do the work.</summary>
    public static bool AreSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The loops that the settings ask for; null for none.</summary>
    public static EventLoops? Start(NodeSettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        if (settings.Transport != TransportKind.Loops || !AreSupported) return null;
        var count = settings.TransportLoops == 0 ? Environment.ProcessorCount : settings.TransportLoops;
        return new EventLoops(count, time, loggers.CreateLogger<EventLoops>());
    }

    public IReadOnlyList<EventLoop> All => _loops;

    /// <summary>The loop of this thread, or one after the other for threads that have none.</summary>
    public EventLoop Nearest()
    {
        if (EventLoop.Current is { } current && current.Index < _loops.Length && _loops[current.Index] == current) return current;
        return _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];
    }

    /// <summary>Where a new connection goes: to the loop that accepted it, unless another has clearly fewer.</summary>
    public EventLoop Share(EventLoop accepting)
    {
        var least = accepting;
        foreach (var loop in _loops)
            if (loop.Counters.Connections < least.Counters.Connections) least = loop;
        var most = accepting.Counters.Connections;
        return most - least.Counters.Connections > UnevenMin + (most / UnevenPart) ? least : accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        foreach (var loop in _loops) await loop.StopAsync();
    }

    void ReportStuck()
    {
        foreach (var loop in _loops) loop.ReportIfStuck();
    }
}
