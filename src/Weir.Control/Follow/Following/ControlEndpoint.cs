using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Control;

/// <summary>What a control plane answers that is no success.</summary>
sealed class ControlRefusedException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status => status;
}

/// <summary>A gateway's way to its control plane: HTTP/1.1 over TLS, with the gateway's certificate where it has one.</summary>
sealed class ControlEndpoint : IDisposable
{
    readonly HttpClient _http;
    readonly Uri _address;
    readonly FollowLimits _limits;
    readonly TimeProvider _time;

    ControlEndpoint(Uri address, SslClientAuthenticationOptions tls, FollowLimits limits, TimeProvider time)
    {
        (_address, _limits, _time) = (address, limits, time);
        var handler = new SocketsHttpHandler
        {
            SslOptions = tls,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = limits.AnswerWithin,
            MaxResponseHeadersLength = 16,
            // A certificate that was renewed is shown with the next connection.
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>To a control plane whose authority is known.</summary>
    public static ControlEndpoint Trusting(Uri address, X509Certificate2 authority, X509Certificate2? own, FollowLimits limits, TimeProvider time) =>
        new(address, new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = ClusterAuthority.PolicyForControl(authority),
            ClientCertificateContext = own is null ? null : SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true),
        }, limits, time);

    /// <summary>To a control plane of which nothing is known yet. Nothing may be sent to it that is a secret, nothing believed that has no pin.</summary>
    public static ControlEndpoint Unproven(Uri address, FollowLimits limits, TimeProvider time) => new(address, new SslClientAuthenticationOptions
    {
#pragma warning disable CA5359 // Only the authority's certificate is fetched, which the pin of the join token then proves.
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
    }, limits, time);

    /// <summary>Asks, and reads the whole answer.</summary>
    /// <exception cref="ControlRefusedException">The answer is a refusal.</exception>
    /// <exception cref="HttpRequestException">There is none.</exception>
    public async Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_limits.AnswerWithin, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var response = await AskAsync(method, path, json, both.Token);
            return await ReadAsync(response.Content, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {_limits.AnswerWithin.TotalSeconds:0} s");
        }
    }

    /// <summary>Asks for a stream. The answer's start has to come in time; what follows is the caller's to watch.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, byte[] json, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_limits.AnswerWithin, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await AskAsync(HttpMethod.Post, path, json, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {_limits.AnswerWithin.TotalSeconds:0} s");
        }
    }

    public void Dispose() => _http.Dispose();

    async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, byte[]? json, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(_address, path));
        (request.Version, request.VersionPolicy) = (HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
        // The certificate is that of the cluster's control plane, whatever the address is called; the handler takes the name to expect from here.
        request.Headers.Host = ClusterAuthority.ControlName;
        if (json is not null) request.Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            var body = await ReadAsync(response.Content, cancellation);
            throw new ControlRefusedException(response.StatusCode, MessageOf(body) ?? $"the answer is {(int)response.StatusCode}");
        }
    }

    async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[_limits.AnswerBytesMax + 1];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return read <= _limits.AnswerBytesMax ? buffer[..read] : throw new HttpRequestException($"the answer has more than {_limits.AnswerBytesMax} bytes");
    }

    static string? MessageOf(byte[] body)
    {
        try
        {
            return FollowJson.Read<FollowProblem>(body).Message;
        }
        catch (StreamBrokenException)
        {
            return null;
        }
    }
}
