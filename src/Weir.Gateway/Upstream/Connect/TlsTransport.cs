using System.Net.Security;
using System.Net.Sockets;

namespace Weir.Gateway;

/// <summary>A TLS stream over the runtime's sockets.</summary>
sealed class TlsTransport(Socket socket, SslStream tls) : IUpstreamTransport
{
    /// <summary>The stream itself, which owns the socket, for whoever takes the transport's place.</summary>
    public SslStream Stream => tls;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => tls.ReadAsync(buffer);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => tls.WriteAsync(bytes);

    /// <remarks>
    /// Asks the socket, so a session ticket that comes after the last response makes the connection look used up. Servers send tickets with the handshake;
    /// the price of an odd one is a new connection, never a wrong answer.
    /// </remarks>
    public bool IsQuiet() => socket.IsQuiet();

    public ValueTask ShutdownSendAsync() => new(tls.ShutdownAsync());

    public void Abort()
    {
        socket.Dispose();
        tls.Dispose();
    }
}
