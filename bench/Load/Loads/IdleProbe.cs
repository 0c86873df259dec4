using System.Diagnostics;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>
/// One connection, one request after the other, through an otherwise idle gateway; in turns with the same to the upstream itself, so that what the
/// gateway adds is seen under the same weather.
/// </summary>
sealed class IdleProbe : Load
{
    static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);

    public override string Title => "one connection, sequential requests";

    public override Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel) => Task.Factory.StartNew(
        () => Run(launch, site, TimeSpan.FromSeconds(seconds), cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    static LoadResult Run(Launch launch, Site site, TimeSpan length, CancellationToken cancel)
    {
        using var through = new ClientConnection(launch.Port);
        using var direct = new ClientConnection(site.UpstreamPort);
        var request = launch.Request.Bytes();
        var (latencies, directLatencies) = (new Latencies(), new Latencies());
        long errors = 0;
        TimeSpan spent = default;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < length; cancel.ThrowIfCancellationRequested())
        {
            errors += TakeTurn(direct, request, directLatencies);
            var turn = Stopwatch.GetTimestamp();
            errors += TakeTurn(through, request, latencies);
            spent += Stopwatch.GetElapsedTime(turn);
        }

        return new(latencies.Count, spent.TotalSeconds, latencies.PercentileUs(50), latencies.PercentileUs(99), errors)
        {
            Direct = new(directLatencies.PercentileUs(50), directLatencies.PercentileUs(99)),
        };
    }

    static long TakeTurn(ClientConnection connection, byte[] request, Latencies latencies)
    {
        long errors = 0;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Turn;)
        {
            var sent = Stopwatch.GetTimestamp();
            try
            {
                connection.Send(request);
                int status;
                while ((status = connection.Receive()) == 0) ;
                errors += status == 200 ? 0 : 1;
            }
            catch (SocketException)
            {
                connection.Reopen();
                errors++;
            }

            latencies.Add(Stopwatch.GetElapsedTime(sent));
        }

        return errors;
    }
}
