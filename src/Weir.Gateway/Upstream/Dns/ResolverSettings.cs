using System.Net;

namespace Weir.Gateway;

/// <summary>Settings of the resolver; names and defaults follow Kong's dns_* settings.</summary>
sealed record ResolverSettings
{
    /// <summary>Name servers to ask instead of those of resolv.conf.</summary>
    public IReadOnlyList<IPEndPoint>? Nameservers { get; init; }

    /// <summary>Where name servers, search list and options come from; read again when it changes.</summary>
    public string ResolvConfPath { get; init; } = "/etc/resolv.conf";

    /// <summary>Names known without asking; read again when it changes.</summary>
    public string HostsPath { get; init; } = "/etc/hosts";

    /// <summary>Kinds of records tried, in order.</summary>
    public IReadOnlyList<DnsStep> Order { get; init; } = [DnsStep.Last, DnsStep.Srv, DnsStep.A, DnsStep.Cname];

    /// <summary>Lifetime that replaces the records' own, or null.</summary>
    public TimeSpan? ValidTtl { get; init; }

    /// <summary>Shortest lifetime: records that say 0 would otherwise be asked for with every request.</summary>
    public TimeSpan TtlMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest lifetime.</summary>
    public TimeSpan TtlMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long expired addresses serve while they cannot be refreshed.</summary>
    public TimeSpan StaleTtl { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>How long a name that does not exist is not asked for again.</summary>
    public TimeSpan NotFoundTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a name whose lookup failed is not asked for again.</summary>
    public TimeSpan ErrorTtl { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most names kept; the least recently used go first.</summary>
    public int CacheSize { get; init; } = 10_000;

    /// <summary>Longest that one lookup may take, all servers, names and types together.</summary>
    public TimeSpan LookupTimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the two files are looked at for changes.</summary>
    public TimeSpan FilesCheckInterval { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>A kind of lookup.</summary>
enum DnsStep
{
    /// <summary>The kind that found the name the last time.</summary>
    Last,

    /// <summary>Services: address, port, weight and priority.</summary>
    Srv,

    /// <summary>IPv4 addresses or, when there are none, IPv6 addresses.</summary>
    A,

    /// <summary>IPv6 addresses.</summary>
    Aaaa,

    /// <summary>Another name.</summary>
    Cname,
}
