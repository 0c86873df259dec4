using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Weir.Acceptance;

/// <summary>A TLS connection that names any server it likes and keeps the certificate it was shown.</summary>
sealed class TlsClient : IAsyncDisposable
{
    readonly SslStream _stream;

    TlsClient(SslStream stream) => _stream = stream;

    public Stream Stream => _stream;

    public string Thumbprint => new X509Certificate2(_stream.RemoteCertificate!).Thumbprint;

    /// <summary>Connects and shakes hands, whatever certificate is shown.</summary>
    /// <param name="port">The listener's port.</param>
    /// <param name="serverName">Name in the handshake; empty for none.</param>
    /// <param name="before">Bytes sent before the handshake.</param>
    /// <param name="protocol">The one protocol that is offered by ALPN; none when null.</param>
    [SuppressMessage("Security", "CA5359", Justification = "Which certificate is shown is what the test looks at.")]
    public static async Task<TlsClient> ConnectAsync(int port, string serverName, byte[]? before = null, SslApplicationProtocol? protocol = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        if (before is not null) await socket.SendAsync(before);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            ApplicationProtocols = protocol is { } one ? [one] : null,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        return new TlsClient(stream);
    }

    /// <summary>The thumbprint of the certificate shown for a name.</summary>
    public static async Task<string> ThumbprintForAsync(TestGateway gateway, string serverName)
    {
        await using var client = await ConnectAsync(gateway.ProxyTls.Port, serverName);
        return client.Thumbprint;
    }

    /// <summary>Sends a request; the answer's status line and as much as came with it.</summary>
    public async Task<string> AskAsync(string request)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        var buffer = new byte[16 * 1024];
        var count = await _stream.ReadAsync(buffer);
        return Encoding.Latin1.GetString(buffer, 0, count);
    }

    /// <summary>Sends a request; everything that comes until the gateway ends the connection.</summary>
    public async Task<string> AskToEndAsync(string request)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(_stream, Encoding.Latin1, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
