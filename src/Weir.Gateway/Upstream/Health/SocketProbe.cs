using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// Probes over a new connection each: tcp and grpc connect, https and grpcs make a TLS session, http and https send a GET and read the status line.
/// </summary>
/// <param name="trusted">Certificate authorities trusted instead of the system's, or null.</param>
sealed class SocketProbe(X509Certificate2Collection? trusted = null) : IProbe
{
    const int StatusLineBytesMax = 1024;
    const int StatusAt = 9;
    const int StatusDigits = 3;

    public async ValueTask<Outcome> ProbeAsync(ProbeRequest request, CancellationToken cancel)
    {
        try
        {
            using var socket = new Socket(request.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(request.Address, cancel);
            await using Stream plain = new NetworkStream(socket);
            if (request.Checks.Type is not (CheckType.Https or CheckType.Grpcs)) return await AskAsync(plain, request, cancel);
            await using var secure = new SslStream(plain, leaveInnerStreamOpen: true);
            await secure.AuthenticateAsClientAsync(TlsOptions(request), cancel);
            return await AskAsync(secure, request, cancel);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            return Outcome.TcpFailure;
        }
    }

    SslClientAuthenticationOptions TlsOptions(ProbeRequest request)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = request.ServerName };
        if (request.ClientCertificate is { } certificate)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        var verify = request.Checks.HttpsVerifyCertificate;
        options.RemoteCertificateValidationCallback = (_, _, _, errors) => !verify || errors == SslPolicyErrors.None;
        if (trusted is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }
        return options;
    }

    static async ValueTask<Outcome> AskAsync(Stream stream, ProbeRequest request, CancellationToken cancel)
    {
        if (request.Checks.Type is not (CheckType.Http or CheckType.Https)) return Outcome.Connected;
        await stream.WriteAsync(Head(request), cancel);
        await stream.FlushAsync(cancel);

        var buffer = new byte[StatusLineBytesMax];
        var length = 0;
        while (length < buffer.Length && !buffer.AsSpan(0, length).Contains((byte)'\n'))
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
            if (read == 0) return Outcome.TcpFailure;
            length += read;
        }
        return Outcome.Answered(StatusOf(buffer.AsSpan(0, length)));
    }

    /// <summary>The status of a status line (RFC 9112 §4), or 0 when it is none, which counts as a failed answer.</summary>
    static int StatusOf(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("HTTP/1."u8) || line.Length < StatusAt + StatusDigits || line[StatusAt - 1] != ' ') return 0;
        return Utf8Parser.TryParse(line.Slice(StatusAt, StatusDigits), out int status, out var digits) && digits == StatusDigits ? status : 0;
    }

    static byte[] Head(ProbeRequest request)
    {
        var head = new StringBuilder();
        head.Append("GET ").Append(request.Checks.HttpPath).Append(" HTTP/1.1\r\n");
        var headers = request.Checks.Headers ?? new Dictionary<string, IReadOnlyList<string>>();
        if (!headers.Keys.Contains("Host", StringComparer.OrdinalIgnoreCase)) head.Append("Host: ").Append(request.Host).Append("\r\n");
        if (!headers.Keys.Contains("User-Agent", StringComparer.OrdinalIgnoreCase)) head.Append("User-Agent: weir-healthcheck\r\n");
        foreach (var (name, values) in headers)
            foreach (var value in values) head.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(head.Append("Connection: close\r\n\r\n").ToString());
    }
}
