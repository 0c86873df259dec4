using System.Diagnostics;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>
/// Requests at a fixed rate, evenly spaced, whether or not earlier ones were answered. Latency counts from when a request was due, so a stall of
/// the gateway is not hidden by a client that waits. Not h2load --rps: it gives every connection the same clock and sends a burst of one request
/// for each at once (measured: 32 requests in the same millisecond, then 15 ms of nothing), which measures its queue.
/// </summary>
sealed class FixedRate(int requestsPerSecond, int connections) : Load
{
    const int Success = 200;
    const int Broken = -1;

    /// <summary>Where every second request goes; latencies are those of the others. Null: nowhere else.</summary>
    public Request? EverySecond { get; init; }

    /// <summary>How long the last answers may take.</summary>
    public int PatienceSeconds { get; init; } = 5;

    public int RequestsPerSecond => requestsPerSecond;

    public override string Title => $"{requestsPerSecond} requests/s evenly spaced over {connections} connections, open loop";

    /// <summary>On a thread of its own, which does nothing else and never waits for the pool.</summary>
    public override Task<LoadResult> RunAsync(Launch launch, Site site, Options options, int seconds, CancellationToken cancel) => Task.Factory.StartNew(
        () => Run(launch, (long)requestsPerSecond * seconds, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    LoadResult Run(Launch launch, long total, CancellationToken cancel)
    {
        byte[][] requests = EverySecond is null
            ? [launch.Request.Bytes()]
            : [launch.Request.Bytes(), EverySecond.Bytes()];
        using var ready = new ReadyConnections<ClientConnection>(Enumerable.Range(0, connections).Select(_ => new ClientConnection(launch.Port)));
        var latencies = new Latencies();
        var failures = new Failures();
        var patience = TimeSpan.FromSeconds(PatienceSeconds);
        long sent = 0, ended = 0, good = 0;
        TimeSpan due(long request) => TimeSpan.FromSeconds(request / (double)requestsPerSecond);
        var began = Stopwatch.GetTimestamp();
        TimeSpan now() => Stopwatch.GetElapsedTime(began);

        while (ended < total && now() < due(total) + patience && !cancel.IsCancellationRequested)
        {
            for (; sent < total && due(sent) <= now() && ready.TryTake(out var connection); sent++)
            {
                (connection.DueAt, connection.Kind) = (due(sent), (int)(sent % requests.Length));
                connection.Send(requests[connection.Kind]);
            }

            foreach (var connection in ready.Wait((sent < total && ready.HasIdle ? due(sent) : due(total) + patience) - now()))
            {
                if (StatusOf(connection, ready) is not { } status)
                    continue;
                ended++;
                if (status == Success)
                    good++;
                else
                    failures.Add(status == Broken ? "connection broke" : $"status {status}", 1);
                if (connection.Kind == 0)
                    latencies.Add(now() - connection.DueAt);
            }
        }

        cancel.ThrowIfCancellationRequested();
        failures.Add("no answer", sent - ended);
        failures.Add("no connection free to send on", total - sent);
        return new(good, now().TotalSeconds, latencies.PercentileUs(50), latencies.PercentileUs(99), total - good)
        {
            Failures = failures,
            LongestUs = latencies.LongestUs,
        };
    }

    /// <summary>Null: nothing has ended yet. A connection that broke under a request is an answer that was no success.</summary>
    static int? StatusOf(ClientConnection connection, ReadyConnections<ClientConnection> ready)
    {
        var wasBusy = connection.IsBusy;
        int status;
        try
        {
            status = connection.Receive();
        }
        catch (SocketException)
        {
            ready.Reopen(connection);
            status = Broken;
        }

        if (connection.IsBusy || !wasBusy)
            return null;
        ready.Return(connection);
        return status;
    }
}
