using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Weir.Gateway.Plugins;

/// <summary>
/// Writes lines to a TCP or TLS connection that is opened when there is something to send and kept while it is used. A batch that fails half way is sent
/// again as a whole: a line may come twice, none is lost.
/// </summary>
sealed class TcpDelivery(TcpLog.Config config, TimeProvider time) : IDelivery
{
    readonly TimeSpan _timeout = config.Timeout > 0 ? TimeSpan.FromMilliseconds(config.Timeout) : Timeout.InfiniteTimeSpan;
    readonly TimeSpan _keepalive = TimeSpan.FromMilliseconds(config.Keepalive);
    Socket? _socket;
    Stream? _stream;
    long _usedAt;

    public async ValueTask<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> batch, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            if (!IsUsable()) Close();
            var stream = _stream ??= await ConnectAsync(both.Token);
            foreach (var line in batch) await stream.WriteAsync(line, both.Token);
            await stream.FlushAsync(both.Token);
            _usedAt = time.GetTimestamp();
            return null;
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            Close();
            return $"failed to send to {config.Host}:{config.Port}: {exception.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Close();
            return $"failed to send to {config.Host}:{config.Port}: timeout after {_timeout.TotalMilliseconds} ms";
        }
    }

    public void Dispose() => Close();

    /// <summary>
    /// A server that went away is noticed before writing: the first write to a closed connection would seem to succeed, and its lines would be lost.
    /// </summary>
    bool IsUsable() => _socket is { } socket && time.GetElapsedTime(_usedAt) < _keepalive && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(config.Host, config.Port, cancellation);
        var plain = new NetworkStream(_socket, ownsSocket: true);
        if (!config.Tls) return plain;
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(LogServerTls.Options(config.TlsSni ?? config.Host, config.SslVerify), cancellation);
        return tls;
    }

    void Close()
    {
        _stream?.Dispose();
        _socket?.Dispose();
        (_stream, _socket) = (null, null);
    }
}
