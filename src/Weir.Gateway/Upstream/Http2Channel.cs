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
            ConnectCallback = async (_, cancellation) =>
            {
                var result = await connector.ConnectAsync(endpoint with { Tls = secured }, cancellation);
                return result.Transport is null ? throw new UpstreamUnreachableException(result.Fault, result.Reason) : new TransportStream(result.Transport);
            },
        };
        Invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
    }

    public HttpMessageInvoker Invoker { get; }

    public void Dispose()
    {
        Invoker.Dispose();
        _handler.Dispose();
    }
}

/// <summary>Carries the fault of a connection attempt through the runtime's client.</summary>
sealed class UpstreamUnreachableException(Fault fault, string? reason) : IOException(reason)
{
    public Fault Fault { get; } = fault;
}
