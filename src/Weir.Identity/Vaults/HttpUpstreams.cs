using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Weir.Identity;

/// <summary>
/// Calls to vaults and to those who give out credentials for them. They are made before there is a gateway, with certificates that no service has, so that
/// they do not go over the gateway's own connections. Redirects are never followed: they would carry tokens elsewhere.
/// </summary>
sealed class HttpUpstreams : IUpstreams, IDisposable
{
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A name may come to mean another address.</summary>
    static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5);

    const int HeadersKilobytesMax = 64;

    readonly HttpMessageInvoker _invoker;
    readonly VaultTls _tls;

    public HttpUpstreams(VaultTls tls)
    {
        _tls = tls;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLife,
            MaxResponseHeadersLength = HeadersKilobytesMax,
        };
        tls.ApplyTo(handler.SslOptions);
        _invoker = new HttpMessageInvoker(handler, disposeHandler: true);
    }

    public async ValueTask<UpstreamReply> SendAsync(UpstreamMessage message)
    {
        using var request = RequestOf(message);
        try
        {
            return new Reply(await _invoker.SendAsync(request, message.Stop), message.Stop);
        }
        catch (HttpRequestException failed)
        {
            return new Reply(FailureOf(failed.HttpRequestError));
        }
        catch (Exception failed) when (failed is OperationCanceledException or IOException)
        {
            return new Reply(message.Stop.IsCancellationRequested ? UpstreamFailure.Timeout : UpstreamFailure.ConnectTimeout);
        }
        // A certificate or a key that the handshake cannot use.
        catch (Exception failed) when (failed is System.Security.Cryptography.CryptographicException or System.Security.Authentication.AuthenticationException)
        {
            return new Reply(UpstreamFailure.Tls);
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        _tls.Dispose();
    }

    static HttpRequestMessage RequestOf(UpstreamMessage message)
    {
        var server = new UriBuilder(message.To.IsTls ? "https" : "http", message.To.Host, message.To.Port).Uri;
        var request = new HttpRequestMessage(new HttpMethod(message.Method), new Uri(server, message.Path + message.Query))
        {
            Version = System.Net.HttpVersion.Version11,
        };
        if (message.Body.Length > 0 || message.Method is "POST" or "PUT") request.Content = new ReadOnlyMemoryContent(message.Body);
        foreach (var (name, value) in message.Headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    static UpstreamFailure FailureOf(HttpRequestError error) => error switch
    {
        HttpRequestError.SecureConnectionError => UpstreamFailure.Tls,
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError => UpstreamFailure.Unreachable,
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => UpstreamFailure.Invalid,
        _ => UpstreamFailure.Broken,
    };

    sealed class Reply : UpstreamReply
    {
        readonly HttpResponseMessage? _response;
        readonly CancellationToken _stop;
        Stream? _body;

        public Reply(HttpResponseMessage response, CancellationToken stop) => (_response, _stop) = (response, stop);

        public Reply(UpstreamFailure failure) => Failure = failure;

        public override UpstreamFailure Failure { get; }

        public override string? Reason => null;

        public override bool WasSent => true;

        public override int Status => (int)(_response?.StatusCode ?? 0);

        public override int ReadTimeoutMs { set { } }

        public override string? Header(string name) =>
            _response is { } response && (response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values))
                ? string.Join(", ", values)
                : null;

        public override void CopyHeadersTo(IHeaderDictionary headers) => throw new NotSupportedException("answers of vaults go to nobody");

        public override async ValueTask<UpstreamRead> ReadAsync(Memory<byte> destination)
        {
            try
            {
                _body ??= await _response!.Content.ReadAsStreamAsync(_stop);
                var count = await _body.ReadAsync(destination, _stop);
                return new UpstreamRead(count, count == 0);
            }
            catch (Exception failed) when (failed is IOException or HttpRequestException)
            {
                return new UpstreamRead(0, false, UpstreamFailure.Broken);
            }
            catch (OperationCanceledException)
            {
                return new UpstreamRead(0, false, UpstreamFailure.Timeout);
            }
        }

        public override void Abort() => Dispose();

        public override void Dispose() => _response?.Dispose();
    }
}

/// <summary>How TLS to a vault is checked, and what the gateway proves itself with in it.</summary>
sealed class VaultTls(bool verify = true, string? authoritiesPem = null, string? certificatePem = null, string? keyPem = null) : IDisposable
{
    readonly X509Certificate2Collection? _authorities = AuthoritiesOf(authoritiesPem);
    readonly X509Certificate2? _own = certificatePem is null ? null : OwnOf(certificatePem, keyPem!);

    public void ApplyTo(SslClientAuthenticationOptions options)
    {
        if (_own is not null)
        {
            options.ClientCertificates = [_own];
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => _own;
        }
        if (!verify)
        {
#pragma warning disable CA5359 // The declaration of the vault says so: ssl_verify is off.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
            return;
        }
        if (_authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                ApplicationPolicy = { new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1") },
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        }
    }

    public void Dispose()
    {
        _own?.Dispose();
        foreach (var authority in _authorities ?? []) authority.Dispose();
    }

    static X509Certificate2Collection? AuthoritiesOf(string? pem)
    {
        if (pem is null) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities;
    }

    static X509Certificate2 OwnOf(string certificate, string key)
    {
        using var read = X509Certificate2.CreateFromPem(certificate, key);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
    }
}
