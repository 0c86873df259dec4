namespace Weir.Bench.Load;

/// <summary>A system that can be put between wrk and the upstream.</summary>
abstract class Gateway
{
    public static IReadOnlyList<Gateway> All { get; } = [new Nginx(), new Haproxy(), new Portkey(), .. WeirGateway.Systems];

    /// <summary>The one that every ratio is taken to.</summary>
    public static string Reference => Nginx.SystemName;

    /// <summary>Those of <paramref name="names"/>, or those that run unasked, and always the reference.</summary>
    public static IReadOnlyList<Gateway> Chosen(IReadOnlyList<string> names) =>
    [
        .. All.Where(gateway => gateway.Name == Reference || (names.Count == 0 ? gateway.RunsUnasked : names.Contains(gateway.Name))),
    ];

    public abstract string Name { get; }

    /// <summary>The rows it takes part in.</summary>
    public abstract IReadOnlyList<Row> Rows { get; }

    /// <summary>Whether it runs when the command line names no system.</summary>
    public virtual bool RunsUnasked => true;

    /// <summary>Throws <see cref="GatewayMissingException"/> when it cannot run as it is installed.</summary>
    public virtual Task RequireAsync(Site site, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Writes its configuration for one row and says how to start it.</summary>
    public abstract Launch Prepare(Row row, Site site);

    /// <summary>The address that wrk loads. A name, not a number, so that TLS clients send it.</summary>
    protected static Uri Address(Row row, int port) => new($"{(row.Tls ? "https" : "http")}://localhost:{port}{row.Request.Path}");
}
