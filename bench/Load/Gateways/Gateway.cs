namespace Weir.Bench.Load;

/// <summary>A system that can be put between wrk and the upstream.</summary>
abstract class Gateway
{
    public static IReadOnlyList<Gateway> All { get; } = [new Nginx(), new Haproxy(), new WeirGateway()];

    /// <summary>The one that every ratio is taken to.</summary>
    public static string Reference => Nginx.SystemName;

    public abstract string Name { get; }

    /// <summary>The rows it takes part in.</summary>
    public abstract IReadOnlyList<Row> Rows { get; }

    /// <summary>Writes its configuration for one row and says how to start it.</summary>
    public abstract Launch Prepare(Row row, Site site);

    /// <summary>The address that wrk loads. A name, not a number, so that TLS clients send it.</summary>
    protected static Uri Address(Row row, int port) => new($"{(row.Tls ? "https" : "http")}://localhost:{port}{row.Path}");
}
