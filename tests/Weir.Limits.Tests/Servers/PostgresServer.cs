using System.Diagnostics;
using Npgsql;

namespace Weir.Limits.Tests;

/// <summary>A real PostgreSQL server on a Unix socket, in a database cluster of its own.</summary>
sealed class PostgresServer : IAsyncDisposable
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    // Debian keeps the server's commands out of the path.
    static readonly string Binaries = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order().Select(static version => Path.Combine(version, "bin")).Last() : "";

    readonly DirectoryInfo _folder;
    ServerProcess _process = null!;

    PostgresServer(DirectoryInfo folder) => _folder = folder;

    public string ConnectionString =>
        $"Host={_folder.FullName};Username=weir;Database=postgres;Timeout=5;Command Timeout=10;Max Auto Prepare=20;Maximum Pool Size=30";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("weir-pg-"));
        await server.InitialiseAsync();
        await server.RunAsync();
        return server;
    }

    public NpgsqlDataSource Connect() => NpgsqlDataSource.Create(ConnectionString);

    public Task StopAsync() => _process.KillAsync();

    public async Task RunAsync()
    {
        string[] arguments = ["-D", Data, "-k", _folder.FullName, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"];
        _process = Start("postgres", arguments);
        var started = TimeProvider.System.GetTimestamp();
        while (!_process.Output.Contains("ready to accept connections", StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, _process.Output);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < StartTimeout, _process.Output);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    string Data => Path.Combine(_folder.FullName, "data");

    async Task InitialiseAsync()
    {
        if (Environment.UserName == "root")
        {
            // The server refuses to run as root.
            using var give = Process.Start("chown", ["postgres", _folder.FullName]);
            await give.WaitForExitAsync();
        }
        var init = Start("initdb", ["-D", Data, "-U", "weir", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]);
        var started = TimeProvider.System.GetTimestamp();
        while (!init.HasExited)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < StartTimeout, init.Output);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
        Assert.True(Directory.Exists(Data), init.Output);
    }

    ServerProcess Start(string command, IEnumerable<string> arguments)
    {
        var path = Path.Combine(Binaries, command);
        return Environment.UserName == "root"
            ? new ServerProcess("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments], _folder)
            : new ServerProcess(path, arguments, _folder);
    }
}
