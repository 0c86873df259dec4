namespace Weir.Gateway;

/// <summary>One configuration, compiled. Immutable: a request reads one snapshot from its first to its last line.</summary>
sealed class Snapshot
{
    /// <summary>Counts the configurations that this process has served, from 1.</summary>
    public required long Revision { get; init; }

    /// <summary>SHA-256 of the document, hex. Computed when somebody asks for it, as no request does.</summary>
    public Task<string> Hash => HashOnce.Value;

    public required Lazy<Task<string>> HashOnce { private get; init; }

    public required RouteTable<Route> Routes { get; init; }

    /// <summary>Names (or ids) of all routes: the label values that metrics may have.</summary>
    public required IReadOnlySet<string> RouteLabels { get; init; }

    /// <summary>Global plugins, for requests that no route matches: they see response and done phases only.</summary>
    public required RoutePlan GlobalPlan { get; init; }

    /// <summary>Balancers of this configuration, one for each upstream or host that a service names.</summary>
    public required IReadOnlyList<Balancer> Balancers { get; init; }

    /// <summary>Those of them that the configuration before did not have.</summary>
    public IReadOnlyList<Balancer> NewBalancers { get; init; } = [];

    /// <summary>How many services, plugins and routes were made for it; the others are those of the configuration before.</summary>
    public int Made { get; init; }

    /// <summary>Requests that run on this snapshot; releases what it keeps when the last one has left after its retirement.</summary>
    public required InFlight InFlight { get; init; }

    /// <summary>What a process serves before its first configuration: nothing.</summary>
    public static Snapshot Empty() => new()
    {
        Revision = 0,
        HashOnce = new Lazy<Task<string>>(static () => Task.FromResult("")),
        Routes = RouteTable<Route>.Build([]),
        RouteLabels = new HashSet<string>(),
        GlobalPlan = RoutePlan.Empty,
        Balancers = [],
        InFlight = new InFlight(static () => { }),
    };
}
