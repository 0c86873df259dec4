using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Weir.Config;
using Weir.Control;
using Weir.Gateway;
using Weir.Identity;

namespace Weir.Server;

/// <summary>One run of a gateway, from its settings to its last request.</summary>
sealed class NodeRun(NodeSettings settings, IReadOnlyList<string> files, bool watch, Func<IReadOnlyList<PluginKind>, ReadOptions> readOptions)
{
    /// <summary>A start is over when the first requests are answered; they must not wait for the collection of what it left.</summary>
    static readonly TimeSpan s_settled = TimeSpan.FromSeconds(1);

    readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Runs until asked to stop. Exit code 1 when it cannot start.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var filters = new LoggerFilterOptions { MinLevel = LogLevel.Information }.AddFilter("Microsoft", LogLevel.Warning);
        using var loggers = new LoggerFactory([new StandardErrorLog()], filters);
        try
        {
            return await RunAsync(loggers, cancellation);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync(
                $"weir run: {exception.Message} Choose other addresses with --proxy, --proxy-tls and --status, or switch one off: --proxy-tls off.");
            return 1;
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync("weir run: " + exception.Message);
            return 1;
        }
    }

    async Task<int> RunAsync(ILoggerFactory loggers, CancellationToken cancellation)
    {
        var isFollowing = settings.ClusterControlPlane.Length > 0;
        var hasControl = settings.Data.Length > 0 && !isFollowing;
        CheckFiles(hasControl, isFollowing);
        await using var mock = files.Count == 0 && !hasControl && !isFollowing ? new MockServer("127.0.0.1:0", _time) : null;
        if (mock is not null) await mock.StartAsync(cancellation);
        var catalog = PluginLibraries.Extend(Catalog.All, settings.PluginLibraries);
        var options = readOptions(catalog);
        var vaultLog = loggers.CreateLogger("vaults");
        await using var secrets = new SecretStore(new VaultClients(options.Environment, _time, vaultLog), _time, vaultLog);
        options = options with { Secrets = secrets };
        Func<DocumentResult> read = mock is null
            ? () => Read(options)
            : () => DocumentReader.ReadText(QuickStart.FileName, QuickStart.Document(mock.Address), options);
        DocumentResult Posted(string file, string text) => DocumentReader.ReadText(file, text, options);
        // Most of a start is compiling code for the first time: the document is read on one core while the house is built on the other.
        var reading = hasControl || isFollowing ? null : Task.Run(read, cancellation);
        using var predecessor = FindPredecessor();
        var listening = new ListeningSockets(predecessor?.Sockets ?? []);
        await using var house = new House(settings, catalog, listening, loggers, _time, secrets);
        await using var node = house.Node;
        await using var seat = new ControlSeat(
            () => ControlHome.OpenAsync(settings, options, house.Metrics, loggers, _time, cancellation), house, loggers);
        if (hasControl) predecessor?.ReleaseJournal();
        var control = hasControl ? await seat.OpenAsync() : null;
        var readChanged = control is null ? read : seat.Read;
        if (control is not null) read = seat.ReadFresh;
        await using var follow = isFollowing ? FollowHome.Open(settings, options, house.Metrics, loggers, _time) : null;
        if (follow is not null) (read, readChanged, follow.Summary) = (follow.ReadFresh, follow.Read, house.Summary);
        await using var status = settings.StatusListen.Count == 0 ? null
            : new StatusServer(node, hasControl || isFollowing ? null : Posted, house.WriteMetricsAsync, loggers, _time)
            {
                ControlPlane = follow is null ? null : follow.Status,
            };
        if (status is not null) await status.StartAsync(cancellation);

        var source = control?.Source ?? (files.Count == 0 ? QuickStart.FileName : string.Join(' ', files));
        if (follow is not null)
        {
            await follow.StartAsync(node, cancellation);
            source = follow.Source;
        }
        // With a control plane the mistake can be mended while the node runs.
        else if (!await IsLiveAsync(node, source, reading is null ? control!.Read() : await reading, readChanged, cancellation) && control is null) return 1;

        await node.StartAsync(cancellation);
        if (control is not null) await control.StartAsync(node, house.Deliveries, loggers, cancellation);
        listening.CloseUnused();
        predecessor?.TakeOver();
        using var succession = settings.Handover.Length == 0 ? null : Succession.Open(
            settings.Handover, new SuccessionParts(listening, seat.ReleaseAsync, seat.ResumeAsync, loggers.CreateLogger<Succession>()));
        secrets.Changed = () => _ = ApplyAsync(node, source, readChanged);
        // Before the first line is printed: whoever reads it may signal at once.
        using var hangup = ProcessSignals.OnReload(() => _ = ReloadAsync(node, house, secrets, source, read));
        var stop = ProcessSignals.WaitForStopAsync(cancellation);
        Announce(node, status, control, mock);
        using var watcher = watch && files.Count > 0 ? new FileWatch(files, () => _ = ReloadAsync(node, house, null, source, read), _time) : null;
        var end = succession is null ? stop : Task.WhenAny(stop, succession.Replaced);
        await Task.WhenAny(end, Task.Delay(s_settled, _time, cancellation));
        // What reading and compiling left behind goes back to the operating system: from here on little is allocated.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        await end;
        await EndAsync(node, succession);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.DrainSeconds), _time);
        await house.DrainAsync(limit.Token);
        return 0;
    }

    void CheckFiles(bool hasControl, bool isFollowing)
    {
        if (files.Count == 0) return;
        if (isFollowing) throw new FormatException("a gateway that follows a control plane takes no files: what it serves is declared there");
        if (!hasControl) return;
        throw new FormatException(
            "a node with --data runs on its journal and not on files; bring them into it: weir gateway sync " + string.Join(' ', files));
    }

    /// <summary>Makes what was read first live. It lacks the secrets of vaults, if it has any: then it is read again.</summary>
    static async Task<bool> IsLiveAsync(GatewayNode node, string source, DocumentResult? firstRead, Func<DocumentResult> read, CancellationToken cancellation)
    {
        var first = await node.Applier.ApplyAsync(source, () => Interlocked.Exchange(ref firstRead, null) ?? read(), cancellation);
        ProblemPrinter.Print(first.Problems, Console.Error);
        return first.Ok;
    }

    Predecessor? FindPredecessor()
    {
        if (settings.Handover.Length == 0) return null;
        return ListeningSockets.CanBeHandedOver ? Predecessor.Find(settings.Handover)
            : throw new FormatException("handover: listening sockets go from one process to the next on Linux only (x64, arm64); leave the setting out");
    }

    static async Task EndAsync(GatewayNode node, Succession? succession)
    {
        if (succession is { Replaced.IsCompleted: true })
        {
            await Console.Error.WriteLineAsync("weir: another process has taken over; requests under way may finish");
            await node.LeaveAsync();
            return;
        }
        succession?.Dispose();
        await Console.Error.WriteLineAsync("weir: stopping; requests under way may finish");
        await node.StopAsync();
    }

    DocumentResult Read(ReadOptions options) => RefuseNothing(DocumentReader.Read(files, options));

    /// <summary>A file that is being written, or was cut off, must not replace a configuration by nothing.</summary>
    DocumentResult RefuseNothing(DocumentResult result)
    {
        if (result.Document is null || !files.All(IsBlank)) return result;
        var problem = new Problem(Severity.Error, new Place(files[0], 0, 0), "", "", "there is nothing in it; expected _format_version and lists of entities");
        return new DocumentResult(null, [.. result.Problems, problem]);

        static bool IsBlank(string path) => File.Exists(path) && string.IsNullOrWhiteSpace(File.ReadAllText(path));
    }

    /// <param name="node">The gateway.</param>
    /// <param name="house">Its logs and prices.</param>
    /// <param name="secrets">Secrets of vaults, where they are to be fetched anew too: a file that changed says nothing about them.</param>
    /// <param name="source">Where the configuration is from.</param>
    /// <param name="read">Reads it.</param>
    static async Task ReloadAsync(GatewayNode node, House house, SecretStore? secrets, string source, Func<DocumentResult> read)
    {
        house.ReopenLogs();
        ProblemPrinter.Print(house.ReloadPrices(), Console.Error);
        if (secrets is not null) await secrets.RefreshAsync(CancellationToken.None);
        await ApplyAsync(node, source, read);
    }

    static async Task ApplyAsync(GatewayNode node, string source, Func<DocumentResult> read)
    {
        var result = await node.Applier.ApplyAsync(source, read, CancellationToken.None);
        ProblemPrinter.Print(result.Problems, Console.Error);
    }

    static void Announce(GatewayNode node, StatusServer? status, ControlHome? control, MockServer? mock)
    {
        Console.WriteLine($"weir {VersionCommand.Text} is running");
        foreach (var address in node.Addresses) Console.WriteLine($"  proxy   {address}");
        foreach (var address in status?.Addresses ?? []) Console.WriteLine($"  status  {address}  (/status /metrics)");
        foreach (var address in control?.Addresses ?? []) Console.WriteLine($"  admin   {address}  (Kong's Admin API)");
        if (control?.FirstAdminToken is { } first) Console.WriteLine($"""
              first administrator (counts once, within {FirstAdmin.Lifetime.TotalHours:0} hours): weir login --first {first} --name NAME
            """);
        foreach (var address in control?.ClusterAddresses ?? []) Console.WriteLine($"  cluster {address}  (gateways that follow)");
        if (mock is null) return;
        Console.WriteLine($"  echo    {mock.Address}  (built-in upstream)");
        var proxy = node.Addresses.FirstOrDefault(address => address.StartsWith("http://", StringComparison.Ordinal)) ?? node.Addresses.FirstOrDefault() ?? "";
        proxy = proxy.Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal);
        Console.WriteLine(QuickStart.Hints(proxy));
    }
}
