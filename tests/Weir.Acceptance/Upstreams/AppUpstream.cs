using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Weir.Acceptance;

/// <summary>An upstream whose answers the test writes. Counts the connections it accepted and the requests it took.</summary>
sealed class AppUpstream : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly string _scheme;
    int _connections;
    int _requests;

    AppUpstream(RequestDelegate answer, HttpProtocols protocols, HttpsConnectionAdapterOptions? tls, int port)
    {
        _scheme = tls is null ? "http" : "https";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = protocols;
                listen.Use(next => connection =>
                {
                    Interlocked.Increment(ref _connections);
                    return next(connection);
                });
                if (tls is not null) listen.UseHttps(tls);
            });
        });
        _app = builder.Build();
        _app.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            return answer(context);
        });
    }

    public string Address => $"{_scheme}://127.0.0.1:{Port}";

    public int Port => new Uri(_app.Urls.First()).Port;

    public int Connections => Volatile.Read(ref _connections);

    public int Requests => Volatile.Read(ref _requests);

    public static async Task<AppUpstream> StartAsync(
        RequestDelegate answer, HttpProtocols protocols = HttpProtocols.Http1, HttpsConnectionAdapterOptions? tls = null, int port = 0)
    {
        var upstream = new AppUpstream(answer, protocols, tls, port);
        await upstream._app.StartAsync();
        return upstream;
    }

    /// <summary>An upstream that answers with one word, to tell which one answered.</summary>
    public static Task<AppUpstream> SayingAsync(string word, int port = 0) => StartAsync(context => context.Response.WriteAsync(word), port: port);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
