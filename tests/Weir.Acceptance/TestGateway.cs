using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Gateway;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>A whole gateway on ephemeral loopback ports, put together as `weir run` does.</summary>
sealed class TestGateway : IAsyncDisposable
{
    readonly House _house;
    readonly StatusServer _status;
    readonly ILoggerFactory _loggers;
    readonly ReadOptions _options;

    TestGateway(NodeSettings settings, IReadOnlyList<PluginKind> catalog)
    {
        Log = new LogCatcher();
        // Each try to reach an upstream is told at the lowest level.
        _loggers = LoggerFactory.Create(logging =>
            logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Weir.Gateway.Forwarder", LogLevel.Debug).AddProvider(Log));
        _options = new ReadOptions { Plugins = catalog.ToDictionary(kind => kind.Name) };
        _house = new House(settings, catalog, new ListeningSockets(), _loggers, TimeProvider.System);
        _status = new StatusServer(
            _house.Node, (file, text) => DocumentReader.ReadText(file, text, _options), _house.WriteMetricsAsync, _loggers, TimeProvider.System);
    }

    public LogCatcher Log { get; }

    public GatewayNode Node => _house.Node;

    /// <summary>http://127.0.0.1:port of the plain listener.</summary>
    public Uri Proxy { get; private set; } = null!;

    /// <summary>https://127.0.0.1:port of the TLS listener.</summary>
    public Uri ProxyTls { get; private set; } = null!;

    /// <summary>http://127.0.0.1:port of the h2c listener.</summary>
    public Uri ProxyH2c { get; private set; } = null!;

    public Uri Status { get; private set; } = null!;

    /// <summary>A client of the plain listener that follows no redirects and decompresses nothing.</summary>
    public HttpClient Client { get; private set; } = null!;

    public static async Task<TestGateway> StartAsync(
        string document, Func<NodeSettings, NodeSettings>? settings = null, IReadOnlyList<PluginKind>? catalog = null)
    {
        var defaults = new NodeSettings
        {
            ProxyListen = ["127.0.0.1:0"],
            ProxyListenTls = ["127.0.0.1:0"],
            ProxyListenH2c = ["127.0.0.1:0"],
            StatusListen = ["127.0.0.1:0"],
            AccessLog = AccessLogForm.Off,
            DrainSeconds = 5,
            Transport = TestTransport.Kind,
        };
        var gateway = new TestGateway(settings is null ? defaults : settings(defaults), catalog ?? Catalog.All);
        await gateway.ApplyAsync(document);
        await gateway.Node.StartAsync(CancellationToken.None);
        await gateway._status.StartAsync(CancellationToken.None);
        // Kestrel lists its addresses in the order in which they were added: plain, h2c, TLS.
        var addresses = gateway.Node.Addresses.Select(address => new Uri(address)).ToList();
        var plain = addresses.Where(address => address.Scheme == "http").ToList();
        gateway.Proxy = plain[0];
        gateway.ProxyH2c = plain[^1];
        gateway.ProxyTls = addresses.First(address => address.Scheme == "https");
        gateway.Status = new Uri(gateway._status.Addresses.First());
        gateway.Client = NewClient(gateway.Proxy);
        return gateway;
    }

    /// <summary>A client with connections of its own.</summary>
    public static HttpClient NewClient(Uri address, Version? version = null, X509Trust trust = X509Trust.Any) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, _, _, errors) => trust == X509Trust.Any || errors == System.Net.Security.SslPolicyErrors.None,
        },
    })
    {
        BaseAddress = address,
        DefaultRequestVersion = version ?? HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Replaces the configuration and fails when it is refused.</summary>
    public async Task ApplyAsync(string document)
    {
        var result = await TryApplyAsync(document);
        Assert.True(result.Ok, string.Join('\n', result.Problems));
    }

    /// <summary>Replaces the configuration by one of several workspaces.</summary>
    public async Task ApplyAsync(string document, params (string Workspace, string Document)[] others)
    {
        var result = await Node.Applier.ApplyAsync("test.yaml", () =>
        {
            List<Document> read = [.. others.Select(each => Read(each.Document) with { Workspace = each.Workspace })];
            return new DocumentResult(Read(document) with { Others = read }, []);
        }, CancellationToken.None);
        Assert.True(result.Ok, string.Join('\n', result.Problems));
    }

    Document Read(string document)
    {
        var result = DocumentReader.ReadText("test.yaml", document, _options);
        return result.Document ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }

    public Task<ApplyResult> TryApplyAsync(string document) =>
        Node.Applier.ApplyAsync("test.yaml", () => DocumentReader.ReadText("test.yaml", document, _options), CancellationToken.None);

    /// <summary>Reads the price books anew, as a reload of the files does.</summary>
    public IReadOnlyList<Problem> ReloadPrices() => _house.ReloadPrices();

    /// <summary>A raw connection to the plain listener.</summary>
    public Task<RawClient> ConnectAsync() => ConnectAsync(Proxy);

    /// <summary>A raw connection to one of the listeners.</summary>
    public static async Task<RawClient> ConnectAsync(Uri listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, listener.Port);
        return new RawClient(socket);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Node.StopAsync();
        await _status.DisposeAsync();
        await Node.DisposeAsync();
        await _house.DisposeAsync();
        _loggers.Dispose();
    }
}

/// <summary>Which server certificates a test client accepts.</summary>
enum X509Trust { Any, System }
