using System.Diagnostics;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>So many streams at once, each followed by the next on its connection. What counts as a request is a chunk.</summary>
sealed class LiveStreams(int streams) : Load
{
    /// <summary>Streams begin one after the other over this time, so that their chunks do not come together.</summary>
    static readonly TimeSpan Begin = TimeSpan.FromMilliseconds(500);

    public override string Title => $"{streams} streams at a time, each on a connection of its own";

    /// <summary>On a thread of its own, which does nothing else and never waits for the pool.</summary>
    public override Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel) => Task.Factory.StartNew(
        () => Run(launch, TimeSpan.FromSeconds(seconds), cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    LoadResult Run(Launch launch, TimeSpan length, CancellationToken cancel)
    {
        var request = launch.Request.Bytes();
        using var ready = new ReadyConnections<StreamConnection>(Enumerable.Range(0, streams).Select(_ => new StreamConnection(launch.Port)));
        var gaps = new Latencies();
        long chunks = 0, errors = 0;
        var begun = 0;
        var began = Stopwatch.GetTimestamp();
        for (TimeSpan now; (now = Stopwatch.GetElapsedTime(began)) < length; cancel.ThrowIfCancellationRequested())
        {
            for (; begun < streams && Begin * begun / streams <= now && ready.TryTake(out var next); begun++)
                next.Send(request);
            foreach (var connection in ready.Wait(TimeSpan.FromMilliseconds(1)))
            {
                try
                {
                    chunks += Take(connection, gaps);
                    if (!connection.IsBusy)
                        connection.Send(request);
                }
                catch (SocketException)
                {
                    errors++;
                    ready.Reopen(connection);
                    connection.Send(request);
                }
            }
        }

        return new(chunks, Stopwatch.GetElapsedTime(began).TotalSeconds, gaps.PercentileUs(50), gaps.PercentileUs(99), errors) { LongestUs = gaps.LongestUs };
    }

    /// <summary>Time to the first chunk is no gap: a stream that begins may wait for a connection to its upstream.</summary>
    static int Take(StreamConnection connection, Latencies gaps)
    {
        var isFirst = connection.Events == 0;
        var events = connection.Receive();
        if (events == 0)
            return 0;
        if (!isFirst)
            gaps.Add(Stopwatch.GetElapsedTime(connection.LastTicks));
        connection.LastTicks = Stopwatch.GetTimestamp();
        return events;
    }
}
