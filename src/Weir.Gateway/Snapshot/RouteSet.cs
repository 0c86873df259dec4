using Weir.Config;
using RouteTree = Weir.Config.SortedTree<Weir.Gateway.Route, string, Weir.Gateway.BuiltRouteOrder>;

namespace Weir.Gateway;

/// <summary>The routes of one document, each with its service and its plan. Those of which nothing is another are those of the document before.</summary>
sealed class RouteSet
{
    readonly IReadOnlyList<RouteConfig> _configs;
    readonly RouteTree _routes;
    readonly IReadOnlyList<DeclaredPlugin> _unknown;

    RouteSet(IReadOnlyList<RouteConfig> configs, RouteTree routes, IReadOnlyList<DeclaredPlugin> unknown) =>
        (_configs, _routes, _unknown) = (configs, routes, unknown);

    public static RouteSet None { get; } = new([], RouteTree.Empty, []);

    /// <summary>All of them. Routes of disabled services do not exist.</summary>
    public IEnumerable<(RouteConfig Route, Route Payload)> All => _routes.Select(static route => (route.Config, route));

    public int Count => _routes.Count;

    /// <summary>The routes of the next document of the workspace.</summary>
    /// <param name="configs">What it declares.</param>
    /// <param name="parts">Where services and plans come from.</param>
    /// <param name="build">The configuration that is being built.</param>
    public RouteSet Next(IReadOnlyList<RouteConfig> configs, RouteParts parts, SnapshotBuild build)
    {
        var editor = _routes.Edit();
        var changes = ListChanges.Between(_configs, configs);
        foreach (var (before, _) in changes)
            if (before is not null) editor.Remove(before.Id!);
        if (parts.TouchesAll || !ReferenceEquals(parts.Unknown, _unknown) || parts.Services.Count + parts.Places.Count > 0) Renew(editor, parts, build);
        foreach (var (_, after) in changes)
            if (after is not null && Make(after, parts, build) is { } made) editor.Put(made);
        // Routes of a service that was disabled until now are declared already.
        foreach (var config in parts.Services.Count > 0 ? configs : [])
            if (config.Service?.Id is { } id && parts.Services.Contains(id) && !editor.TryFind(config.Id!, out _) && Make(config, parts, build) is { } made)
                editor.Put(made);
        return new RouteSet(configs, editor.ToTree(), parts.Unknown);
    }

    /// <summary>Tells which routes are not the same as before.</summary>
    public static void Compare(RouteSet before, RouteSet after, List<(Route? Before, Route? After)> changes) =>
        RouteTree.Compare(before._routes, after._routes, (left, right) => changes.Add((left, right)));

    static void Renew(RouteTree.Editor editor, RouteParts parts, SnapshotBuild build)
    {
        foreach (var route in editor.ToTree())
        {
            if (!parts.Touches(route)) continue;
            if (Make(route.Config, parts, build) is { } made) editor.Put(made);
            else editor.Remove(route.Config.Id!);
        }
    }

    static Route? Make(RouteConfig config, RouteParts parts, SnapshotBuild build)
    {
        Service? service = null;
        if (config.Service is { } reference && (service = parts.ServiceSet.Find(reference.Id!)) is null) return null;
        build.Made++;
        return new Route
        {
            Config = config,
            Entity = EntityRefs.Of(config),
            Service = service,
            Plan = parts.Plans.For(config.Id!, service?.Config.Id),
            StripPath = ProtocolRule.StripsPath(config),
            NeedsHttps = ProtocolRule.NeedsHttps(config),
            IsGrpc = ProtocolRule.IsGrpc(config),
            RedirectStatus = config.HttpsRedirectStatusCode,
            PreserveHost = config.PreserveHost,
            UnknownPlugins = NamesOf(parts.Unknown, config),
        };
    }

    static string? NamesOf(IReadOnlyList<DeclaredPlugin> unknown, RouteConfig route)
    {
        if (unknown.Count == 0) return null;
        var names = unknown
            .Where(plugin => (plugin.Entity.Route?.Id ?? route.Id) == route.Id && (plugin.Entity.Service?.Id ?? route.Service?.Id) == route.Service?.Id)
            .Select(plugin => plugin.Entity.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? null : string.Join(", ", names);
    }
}

/// <summary>What routes are made of, and which of it is not the same as before.</summary>
/// <param name="ServiceSet">The services.</param>
/// <param name="Plans">The plans.</param>
/// <param name="Unknown">Plugins that this gateway does not have.</param>
/// <param name="Services">Ids of services that are others.</param>
/// <param name="Places">Places whose plugins are others.</param>
/// <param name="UnknownChanged">Whether those plugins are others.</param>
sealed record RouteParts(
    ServiceSet ServiceSet, PlanSet Plans, IReadOnlyList<DeclaredPlugin> Unknown, HashSet<string> Services, HashSet<(string Route, string Service)> Places,
    bool UnknownChanged)
{
    /// <summary>Whether every route has other parts.</summary>
    public bool TouchesAll { get; } = UnknownChanged || Places.Contains(("", ""));

    readonly HashSet<string> _routes = [.. Places.Where(static place => place.Route.Length > 0).Select(static place => place.Route)];
    readonly HashSet<string> _services = [.. Services, .. Places.Where(static place => place.Route.Length == 0).Select(static place => place.Service)];

    /// <summary>Whether a route that stayed as it was declared has other parts.</summary>
    public bool Touches(Route route) =>
        TouchesAll || (_services.Count > 0 && route.Config.Service?.Id is { } service && _services.Contains(service))
        || (_routes.Count > 0 && _routes.Contains(route.Config.Id!));
}

/// <summary>Routes in the order of their ids.</summary>
readonly struct BuiltRouteOrder : ITreeOrder<Route, string>
{
    public static string KeyOf(Route item) => item.Config.Id!;

    public static int Compare(string left, string right) => string.CompareOrdinal(left, right);
}
