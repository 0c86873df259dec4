using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Weir.Gateway.Tests;

/// <summary>A target on loopback that answers one fixed text to each connection, with or without TLS, and remembers what it was sent.</summary>
sealed class ProbedServer : IAsyncDisposable
{
    /// <summary>The only client certificate that a handshake accepts.</summary>
    public const string AcceptedClient = "CN=gateway.test";

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Task _serving;
    readonly string? _answer;
    readonly X509Certificate2? _certificate;

    public ProbedServer(string? answer, X509Certificate2? certificate = null)
    {
        _answer = answer;
        _certificate = certificate;
        _listener.Start();
        _serving = ServeAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public string? Request { get; private set; }

    public string? ServerName { get; private set; }

    public string? ClientCertificate { get; private set; }

    /// <summary>A certificate that signs itself, for this name.</summary>
    public static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
    }

    async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or AuthenticationException or ObjectDisposedException)
            {
                // Refused handshakes and connections without a request are part of the tests.
            }
        }
    }

    async Task AnswerAsync(Stream stream)
    {
        if (_certificate is not null)
        {
            var secure = new SslStream(stream, leaveInnerStreamOpen: true);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is null or { Subject: AcceptedClient },
                ServerCertificateSelectionCallback = (_, name) =>
                {
                    ServerName = name;
                    return _certificate;
                },
            }, _stop.Token);
            ClientCertificate = secure.RemoteCertificate?.Subject;
            stream = secure;
        }
        if (_answer is null) await Task.Delay(Timeout.Infinite, _stop.Token);
        var buffer = new byte[8192];
        var length = await stream.ReadAsync(buffer, _stop.Token);
        Request = Encoding.Latin1.GetString(buffer, 0, length);
        if (length > 0) await stream.WriteAsync(Encoding.Latin1.GetBytes(_answer!), _stop.Token);
    }
}
