using System.Collections.Concurrent;

namespace Weir.Acceptance;

/// <summary>
/// A steady load over connections that stay open. Each connection sends its share of the rate and catches up when it fell behind; whatever is no 200, and
/// every connection that ended, is a failure.
/// </summary>
sealed class PacedLoad(TestGateway gateway, int connections, int requestsPerSecond, Func<int, string> path)
{
    readonly ConcurrentQueue<string> _failures = [];
    readonly List<RawClient> _clients = [];
    readonly CancellationTokenSource _stop = new();
    Task[] _loops = [];
    long _requests;
    long _started;

    public IReadOnlyCollection<string> Failures => _failures;

    public long Requests => Interlocked.Read(ref _requests);

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

    public async Task StartAsync()
    {
        for (var i = 0; i < connections; i++) _clients.Add(await gateway.ConnectAsync());
        _started = TimeProvider.System.GetTimestamp();
        _loops = [.. _clients.Select((client, index) => Task.Run(() => RunAsync(client, index)))];
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        foreach (var client in _clients) await client.DisposeAsync();
        _stop.Dispose();
    }

    async Task RunAsync(RawClient client, int index)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        var request = $"GET {path(index)} HTTP/1.1\r\nHost: load\r\napikey: secret\r\n\r\n";
        for (long sent = 0; !_stop.IsCancellationRequested;)
        {
            if (sent >= Elapsed.TotalSeconds * requestsPerSecond / connections)
            {
                await tick.WaitForNextTickAsync();
                continue;
            }
            await client.SendAsync(request);
            sent++;
            var answer = await client.ReadAnswerAsync();
            if (answer is null)
            {
                _failures.Enqueue($"connection {index} was closed after {sent} requests");
                return;
            }
            if (answer.Status != 200 || !answer.IsWhole || answer.Header("Connection") is not null) _failures.Enqueue(answer.Head + answer.Body);
            Interlocked.Increment(ref _requests);
        }
    }
}
