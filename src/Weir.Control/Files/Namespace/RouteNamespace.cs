using Weir.Config;

namespace Weir.Control;

/// <summary><c>weir file namespace</c>: a prefix of paths, hosts, or both, on the routes that selectors choose.</summary>
sealed record RouteNamespace(string? PathPrefix, IReadOnlyList<string> Hosts, bool ClearHosts, bool AllowEmpty)
{
    public MapNode? Apply(MapNode root, SelectorSet? selectors, Report report)
    {
        var problem = PathPrefix is null ? null : PathNamespace.Problem(PathPrefix);
        if (problem is not null) report.Error(new Place("--path-prefix", 0, 0), problem);
        if (PathPrefix is null && Hosts.Count == 0)
            report.Error(new Place("namespace", 0, 0), "a prefix (--path-prefix), hosts (--host) or both are expected");
        var chosen = Routes(root, selectors, report);
        if (report.Errors > 0) return null;
        var hosts = new HostNamespace(Hosts, ClearHosts);
        return PathPrefix is not null
            ? new PathNamespace(PathPrefix).Apply(root, chosen, hosts.Change)
            : (MapNode)Tree.Changed(root, chosen, route => hosts.Change((MapNode)route));
    }

    HashSet<Node> Routes(MapNode root, SelectorSet? selectors, Report report)
    {
        var all = EntityPaths.Routes.Select(root);
        var chosen = selectors is null or { Count: 0 } ? all : selectors.Select(root);
        foreach (var other in chosen.Where(node => !all.Contains(node)))
            report.Error(other.Place, "a selector chose this, which is no route");
        chosen.RemoveWhere(static node => node is not MapNode);
        if (chosen.Count == 0 && !AllowEmpty) report.Error(root.Place, "no route was chosen; say --allow-empty-selectors if that is as it should be");
        return chosen;
    }
}
