using System.Net.Sockets;

namespace Weir.Gateway;

/// <summary>Connects with the runtime's sockets, and with <see cref="System.Net.Security.SslStream"/> where the endpoint asks for TLS.</summary>
sealed class SocketConnector : IConnector
{
    public async ValueTask<ConnectResult> ConnectAsync(UpstreamEndpoint endpoint, CancellationToken stop)
    {
        Socket? socket = null;
        try
        {
            socket = new(endpoint.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(endpoint.Address, stop);
            var plain = new SocketTransport(socket);
            if (endpoint.Tls is null) return new(plain);
            var secured = await TlsHandshake.SecureAsync(new NetworkStream(socket, ownsSocket: true), plain, endpoint.Address, endpoint.Tls, stop);
            if (secured.Transport is null) socket.Dispose();
            return secured;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            return new(null, FaultOf(e), e.Message);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    static Fault FaultOf(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => Fault.ConnectRefused,
        SocketError.TimedOut => Fault.ConnectTimeout,
        _ => Fault.ConnectFailed,
    };
}
