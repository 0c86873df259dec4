using System.Net.Sockets;

namespace Weir.Gateway.Plugins;

/// <summary>Sends every entry as one datagram. The socket is made anew after a failure, so that a host name that moved is found again.</summary>
sealed class UdpDelivery(UdpLog.Config config, TimeProvider time) : IDelivery
{
    readonly TimeSpan _timeout = config.Timeout > 0 ? TimeSpan.FromMilliseconds(config.Timeout) : Timeout.InfiniteTimeSpan;
    Socket? _socket;

    public async ValueTask<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> batch, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        string? problem = null;
        foreach (var entry in batch)
        {
            try
            {
                var socket = _socket ??= await OpenAsync(both.Token);
                await socket.SendAsync(entry, both.Token);
            }
            catch (SocketException exception)
            {
                problem = exception.Message;
                Dispose();
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                Dispose();
                problem = $"timeout after {_timeout.TotalMilliseconds} ms";
                break;
            }
        }
        return problem is null ? null : $"failed to send to {config.Host}:{config.Port}: {problem}";
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    async ValueTask<Socket> OpenAsync(CancellationToken cancellation)
    {
        var addresses = await System.Net.Dns.GetHostAddressesAsync(config.Host, cancellation);
        var socket = new Socket(addresses[0].AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(addresses[0], config.Port, cancellation);
        return socket;
    }
}
