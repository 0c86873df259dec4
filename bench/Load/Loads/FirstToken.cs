using System.Diagnostics;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>One stream after the other through an idle gateway; in turns with the same from the model itself. Latency is that of the first event.</summary>
sealed class FirstToken : Load
{
    public override string Title => "one connection, one stream after the other";

    public override Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel) => Task.Factory.StartNew(
        () => Run(launch, site, TimeSpan.FromSeconds(seconds), cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    static LoadResult Run(Launch launch, Site site, TimeSpan length, CancellationToken cancel)
    {
        using var through = new StreamConnection(launch.Port);
        using var direct = new StreamConnection(site.StreamPort);
        var request = launch.Request.Bytes();
        var (latencies, directLatencies) = (new Latencies(), new Latencies());
        long errors = 0;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < length; cancel.ThrowIfCancellationRequested())
        {
            errors += Follow(direct, request, directLatencies);
            errors += Follow(through, request, latencies);
        }

        return new(latencies.Count, length.TotalSeconds, latencies.PercentileUs(50), latencies.PercentileUs(99), errors)
        {
            Direct = new(directLatencies.PercentileUs(50), directLatencies.PercentileUs(99)),
        };
    }

    static int Follow(StreamConnection connection, byte[] request, Latencies latencies)
    {
        try
        {
            var sent = Stopwatch.GetTimestamp();
            connection.Send(request);
            while (connection.Events == 0)
                connection.Receive();
            latencies.Add(Stopwatch.GetElapsedTime(sent));
            while (connection.IsBusy)
                connection.Receive();
            return 0;
        }
        catch (SocketException)
        {
            connection.Reopen();
            return 1;
        }
    }
}
