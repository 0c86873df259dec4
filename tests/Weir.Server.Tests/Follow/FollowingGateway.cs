using System.Net;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Control;
using Weir.Gateway;

namespace Weir.Server.Tests;

/// <summary>A whole gateway that follows, in this process, put together as `weir gateway run` does.</summary>
sealed class FollowingGateway : IAsyncDisposable
{
    readonly House _house;
    readonly ILoggerFactory _loggers;

    FollowingGateway(House house, FollowHome home, ILoggerFactory loggers, FollowerRig.Lines log) =>
        (_house, Home, _loggers, Log) = (house, home, loggers, log);

    public FollowHome Home { get; }

    public FollowerRig.Lines Log { get; }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Puts one together; it is not started.</summary>
    public static FollowingGateway Open(Uri control, JoinToken? token, string folder, Func<string, string?>? environment = null, FollowLimits? limits = null)
    {
        var settings = new NodeSettings
        {
            ProxyListen = ["127.0.0.1:0"],
            ProxyListenTls = [],
            StatusListen = [],
            AccessLog = AccessLogForm.Off,
            DrainSeconds = 5,
            Data = folder,
            ClusterControlPlane = control.ToString(),
            ClusterJoinToken = token?.ToString() ?? "",
        };
        var log = new FollowerRig.Lines();
        var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(new Provider(log)));
        var options = new ReadOptions { Plugins = Catalog.All.ToDictionary(static kind => kind.Name), Environment = environment ?? (static _ => null) };
        var house = new House(settings, Catalog.All, new ListeningSockets(), loggers, TimeProvider.System);
        return new FollowingGateway(house, FollowHome.Open(settings, options, house.Metrics, loggers, TimeProvider.System, limits ?? Limits), loggers, log);
    }

    public static FollowLimits Limits { get; } = new() { BackOffMin = TimeSpan.FromMilliseconds(10), BackOffMax = TimeSpan.FromMilliseconds(50) };

    public static async Task<FollowingGateway> StartAsync(
        Uri control, JoinToken? token, string folder, Func<string, string?>? environment = null, FollowLimits? limits = null)
    {
        var gateway = Open(control, token, folder, environment, limits);
        await gateway.StartAsync();
        return gateway;
    }

    public async Task StartAsync()
    {
        await Home.StartAsync(_house.Node, TestContext.Current.CancellationToken);
        await _house.Node.StartAsync(TestContext.Current.CancellationToken);
        Client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(_house.Node.Addresses.First()) };
    }

    public async Task<HttpStatusCode> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await _house.Node.StopAsync();
        await Home.DisposeAsync();
        await _house.Node.DisposeAsync();
        await _house.DisposeAsync();
        _loggers.Dispose();
    }

    sealed class Provider(ILogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose() { }
    }
}
