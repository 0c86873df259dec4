using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Server;

/// <summary>Where a control plane is and how it is spoken to.</summary>
sealed record ControlAddress(Uri Uri)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    public bool SkipsVerification { get; init; }

    /// <summary>Name that the certificate must have; null for that of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>PEM of the authority that is trusted besides those of the system.</summary>
    public string? Authority { get; init; }

    public string? Certificate { get; init; }

    public string? Key { get; init; }
}

/// <summary>An answer of the control plane.</summary>
sealed record ControlReply(int Status, byte[] Body)
{
    public bool Ok => Status is >= 200 and < 300;

    /// <summary>The body as a record; empty when it is none.</summary>
    public JsonObject Json
    {
        get
        {
            try
            {
                return JsonNode.Parse(Body) as JsonObject ?? [];
            }
            catch (JsonException)
            {
                return [];
            }
        }
    }

    /// <summary>What the control plane says is wrong.</summary>
    public string Message => Json["message"]?.ToString() is { Length: > 0 } message ? message : $"the control plane answers {Status}";

    /// <exception cref="GatewayException">It is a refusal.</exception>
    public ControlReply OrRefused() => Ok ? this : throw new GatewayException($"HTTP status {Status} (message: \"{Message}\")");
}

/// <summary>Speaks to the Admin API of a control plane.</summary>
sealed class ControlClient : IDisposable
{
    readonly HttpClient _http;
    readonly Uri _address;

    public ControlClient(ControlAddress address)
    {
        _address = address.Uri;
        _http = new HttpClient(Handler(address)) { Timeout = address.Timeout };
        foreach (var (name, value) in address.Headers)
            if (!_http.DefaultRequestHeaders.TryAddWithoutValidation(name, value)) throw new GatewayException($"--headers: '{name}' is no name of a header");
    }

    public Uri Address => _address;

    /// <summary>Sends a request.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="workspace">Workspace; null for the default one.</param>
    /// <param name="path">Path with query, without the slash at its start.</param>
    /// <param name="json">Body; null for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="GatewayException">There is no answer.</exception>
    public async Task<ControlReply> SendAsync(HttpMethod method, string? workspace, string path, byte[]? json, CancellationToken cancellation)
    {
        var at = IsDefault(workspace) ? path : $"{Uri.EscapeDataString(workspace!)}/{path}";
        using var request = new HttpRequestMessage(method, new Uri(_address, at));
        if (json is not null)
        {
            request.Content = new ByteArrayContent(json);
            request.Content.Headers.ContentType = new("application/json");
        }
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            return new ControlReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation));
        }
        catch (HttpRequestException failed)
        {
            throw new GatewayException($"the control plane at {_address} cannot be reached: {failed.InnerException?.Message ?? failed.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GatewayException($"the control plane at {_address} did not answer in {_http.Timeout.TotalSeconds:0} s (--timeout)");
        }
    }

    public Task<ControlReply> GetAsync(string? workspace, string path, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, workspace, path, null, cancellation);

    public static bool IsDefault(string? workspace) => workspace is null or "" or "default";

    public void Dispose() => _http.Dispose();

    static SocketsHttpHandler Handler(ControlAddress address)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        var tls = handler.SslOptions;
        if (address.ServerName is { } name) tls.TargetHost = name;
        if (address.SkipsVerification)
        {
#pragma warning disable CA5359 // The operator asked for it, in these words.
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (address.Authority is { } pem)
        {
            var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trusted.CustomTrustStore.ImportFromPem(pem);
            tls.CertificateChainPolicy = trusted;
        }
        if (address.Certificate is { } certificate) tls.ClientCertificates = [Own(certificate, address.Key)];
        return handler;
    }

    static X509Certificate2 Own(string certificate, string? key)
    {
        if (key is null) throw new GatewayException("--tls-client-cert: its key is missing (--tls-client-key or --tls-client-key-file)");
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException unfit)
        {
            throw new GatewayException($"--tls-client-cert: {unfit.Message}");
        }
    }
}
