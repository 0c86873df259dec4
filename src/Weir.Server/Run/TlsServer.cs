using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Weir.Server;

/// <summary>A <see cref="PlainServer"/> with TLS: Kestrel's own needs services that only a host has. The host itself is never started.</summary>
sealed class TlsServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    readonly WebApplication _services;
    readonly IServer _server;
    readonly RequestDelegate _handle;

    public TlsServer(Action<KestrelServerOptions> configure, RequestDelegate handle, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            configure(kestrel);
        });
        _services = builder.Build();
        _server = _services.Services.GetRequiredService<IServer>();
        _handle = handle;
    }

    /// <summary>Where it listens, as URLs, with the ports that the system chose.</summary>
    public IReadOnlyCollection<string> Addresses => [.. _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];

    public Task StartAsync(CancellationToken cancellation) => _server.StartAsync(this, cancellation);

    public async ValueTask DisposeAsync()
    {
        (_server as IDisposable)?.Dispose();
        await _services.DisposeAsync();
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => _handle(context);

    public void DisposeContext(HttpContext context, Exception? exception) => ((DefaultHttpContext)context).Uninitialize();
}
