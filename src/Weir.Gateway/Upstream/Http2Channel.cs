using System.Net;
using System.Net.Security;

namespace Weir.Gateway;

/// <summary>
/// HTTP/2 to one peer, for gRPC: the runtime's own client, with our connector under it so that the address is the balancer's choice and TLS follows
/// the same rules as HTTP/1.1.
/// </summary>
sealed class Http2Channel : IDisposable
{
    readonly SocketsHttpHandler _handler;

    public Http2Channel(UpstreamEndpoint endpoint, IConnector connector)
    {
        var secured = endpoint.Tls is null ? null : endpoint.Tls with { Protocol = SslApplicationProtocol.Http2 };
        _handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(PoolLimits.Default.IdleTimeoutSeconds),
            ResponseDrainTimeout = TimeSpan.Zero,
            ConnectCallback = (context, cancellation) => ConnectAsync(connector, endpoint with { Tls = secured }, context.InitialRequestMessage, cancellation),
        };
        Invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    /// <summary>Where a request says how long its connection may take to come about, in milliseconds.</summary>
    public static readonly HttpRequestOptionsKey<int> ConnectTimeoutMs = new("connect timeout");

    public HttpMessageInvoker Invoker { get; }

    public void Dispose()
    {
        Invoker.Dispose();
        _handler.Dispose();
    }

    static async ValueTask<Stream> ConnectAsync(IConnector connector, UpstreamEndpoint endpoint, HttpRequestMessage request, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (request.Options.TryGetValue(ConnectTimeoutMs, out var limitMs)) late.CancelAfter(limitMs);
        try
        {
            var result = await connector.ConnectAsync(endpoint, late.Token);
            return result.Transport switch
            {
                null => throw new UpstreamUnreachableException(result.Fault, result.Reason),
                // The runtime's client shakes hands itself unless it is handed a stream of this kind.
                TlsTransport secure => secure.Stream,
                var plain => new TransportStream(plain),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new UpstreamUnreachableException(Fault.ConnectTimeout, "no connection within connect_timeout");
        }
    }
}

/// <summary>Carries the fault of a connection attempt through the runtime's client.</summary>
sealed class UpstreamUnreachableException(Fault fault, string? reason) : IOException(reason)
{
    public Fault Fault { get; } = fault;
}
