using System.Net.Security;

namespace Weir.Gateway;

/// <summary>A TLS stream over another transport.</summary>
sealed class TlsTransport(IUpstreamTransport plain, SslStream tls) : IUpstreamTransport
{
    /// <summary>The stream itself, which owns the transport under it, for whoever takes the transport's place.</summary>
    public SslStream Stream => tls;

    public EventLoop? Loop => plain.Loop;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => tls.ReadAsync(buffer);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => tls.WriteAsync(bytes);

    /// <remarks>
    /// Asks the transport under it, so a session ticket that comes after the last response makes the connection look used up. Servers send tickets with
    /// the handshake; the price of an odd one is a new connection, never a wrong answer.
    /// </remarks>
    public bool IsQuiet() => plain.IsQuiet();

    public ValueTask ShutdownSendAsync() => new(tls.ShutdownAsync());

    public void Abort()
    {
        plain.Abort();
        tls.Dispose();
    }
}
