namespace Weir.Limits.Tests;

/// <summary>A real Redis server on a Unix socket, without persistence.</summary>
sealed class RedisServer : IAsyncDisposable
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    readonly string[] _arguments;
    readonly DirectoryInfo _folder;
    ServerProcess _process;

    RedisServer(DirectoryInfo folder, RedisEndpoint endpoint, string[] arguments)
    {
        (_folder, Endpoint, _arguments) = (folder, endpoint, arguments);
        _process = new ServerProcess("redis-server", arguments, folder);
    }

    public RedisEndpoint Endpoint { get; }

    public DirectoryInfo Folder => _folder;

    public RedisOptions Options => new() { Endpoints = [Endpoint] };

    public static Task<RedisServer> StartAsync(params string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("weir-redis-");
        var socket = Path.Combine(folder.FullName, "redis.sock");
        return StartAsync(folder, new RedisEndpoint(socket, 0), ["--port", "0", "--unixsocket", socket, .. arguments]);
    }

    public static async Task<RedisServer> StartAsync(DirectoryInfo folder, RedisEndpoint endpoint, string[] arguments)
    {
        var server = new RedisServer(folder, endpoint, [.. arguments, "--save", "", "--appendonly", "no", "--dir", folder.FullName, "--daemonize", "no"]);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>A client of its own connection, which the caller disposes.</summary>
    public IRedis Connect(RedisOptions? options = null) => RedisClient.Open(options ?? Options, TimeProvider.System, new Random(1));

    public Task StopAsync() => _process.KillAsync();

    /// <summary>Starts it again, empty, where it was.</summary>
    public async Task RestartAsync()
    {
        await _process.KillAsync();
        if (Endpoint.IsUnix) File.Delete(Endpoint.Host);
        _process = new ServerProcess("redis-server", _arguments, _folder);
        await ReadyAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    async Task ReadyAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!_process.Output.Contains("eady to accept connections", StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, _process.Output);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < StartTimeout, _process.Output);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
