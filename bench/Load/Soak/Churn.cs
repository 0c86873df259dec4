using System.Net.Sockets;
using System.Security.Authentication;

namespace Weir.Bench.Load;

/// <summary>A bounded number of bad clients at a time, one after the other each, until it is stopped.</summary>
sealed class Churn : IAsyncDisposable
{
    const int Clients = 32;
    const int ClientTimeoutMs = 10_000;

    readonly CancellationTokenSource _stop = new();
    readonly Task[] _clients;
    long _ended;
    long _late;

    public Churn(Launch launch) => _clients = [.. Enumerable.Range(0, Clients).Select(seed => Task.Run(() => ComeAndGoAsync(launch, seed)))];

    /// <summary>Clients that have come and gone.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    /// <summary>Those whose connection the gateway did not end in time, where it should have.</summary>
    public long Late => Interlocked.Read(ref _late);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
    }

    async Task ComeAndGoAsync(Launch launch, int seed)
    {
        // Every way in turn, each client beginning at another.
        for (var next = seed; !_stop.IsCancellationRequested; next++)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            patience.CancelAfter(ClientTimeoutMs);
            try
            {
                await BadClient.Ways[next % BadClient.Ways.Count].Act(launch, patience.Token);
            }
            catch (OperationCanceledException)
            {
                if (!_stop.IsCancellationRequested)
                    Interlocked.Increment(ref _late);
            }
            catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException or ObjectDisposedException)
            {
                // The gateway may end such a connection at any time.
            }

            Interlocked.Increment(ref _ended);
        }
    }
}
