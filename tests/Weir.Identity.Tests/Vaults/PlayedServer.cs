using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Weir.Identity.Tests;

/// <summary>A server on a port of this machine that a test plays: it answers as the test says, and keeps what it was asked.</summary>
sealed class PlayedServer : IAsyncDisposable
{
    readonly WebApplication _server;
    readonly Func<Asked, Played> _play;
    readonly List<Asked> _asked = [];

    PlayedServer(Func<Asked, Played> play, X509Certificate2? certificate, bool wantsClient)
    {
        _play = play;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is null) return;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ClientCertificateMode = wantsClient ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate,
                ClientCertificateValidation = static (_, _, _) => true,
            });
        }));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public Uri Url => new(_server.Urls.First());

    public int Port => Url.Port;

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<Asked> Asked
    {
        get
        {
            lock (_asked) return [.. _asked];
        }
    }

    /// <summary>Whom clients proved to be in the TLS handshake.</summary>
    public string? Client { get; private set; }

    public static async Task<PlayedServer> StartAsync(Func<Asked, Played> play, X509Certificate2? certificate = null, bool wantsClient = false)
    {
        var server = new PlayedServer(play, certificate, wantsClient);
        await server._server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var request = context.Request;
        Client = (await context.Connection.GetClientCertificateAsync())?.Subject;
        var asked = new Asked(
            request.Method, request.Path + request.QueryString,
            request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await body.ReadToEndAsync());
        lock (_asked) _asked.Add(asked);
        var played = _play(asked);
        if (played.When is { } when) await when;
        if (played.IsBroken)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = played.Status;
        if (played.Location is { } location) context.Response.Headers.Location = location;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(played.Body));
    }
}

/// <summary>A request as it came.</summary>
sealed record Asked(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public override string ToString() => $"{Method} {Target}";
}

/// <summary>An answer.</summary>
sealed record Played(int Status, string Body)
{
    public string? Location { get; init; }

    public bool IsBroken { get; init; }

    /// <summary>Not before this.</summary>
    public Task? When { get; init; }

    public static implicit operator Played(string body) => new(200, body);
}
