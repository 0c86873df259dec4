using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weir.Gateway;

namespace Weir.Server;

/// <summary>Kestrel with one handler and nothing around it: a container, a host and routing for a handful of paths would be a good part of a start.</summary>
sealed class PlainServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    readonly KestrelServer _server;
    readonly RequestDelegate _handle;

    /// <param name="configure">Listeners and limits.</param>
    /// <param name="handle">The handler.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="listening">The sockets that the process hands over, for a server that belongs to them.</param>
    public PlainServer(Action<KestrelServerOptions> configure, RequestDelegate handle, ILoggerFactory loggers, ListeningSockets? listening = null)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        configure(options);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        IConnectionListenerFactory listeners = listening is null ? transport : new RuntimeListenerFactory(listening, transport);
        _server = new KestrelServer(Options.Create(options), listeners, loggers);
        _handle = handle;
    }

    /// <summary>Where it listens, as URLs, with the ports that the system chose.</summary>
    public IReadOnlyCollection<string> Addresses => [.. _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(this, cancellation);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return default;
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => _handle(context);

    public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();
}
