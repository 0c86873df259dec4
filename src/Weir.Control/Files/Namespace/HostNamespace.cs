using Weir.Config;

namespace Weir.Control;

/// <summary>Hosts added to routes, in place of those that they have or beside them.</summary>
sealed record HostNamespace(IReadOnlyList<string> Hosts, bool Clear)
{
    public MapNode Change(MapNode route)
    {
        if (Hosts.Count == 0) return route;
        var kept = Clear ? [] : route.Find("hosts").Strings();
        return route.With("hosts", Tree.Texts(kept.Concat(Hosts).Distinct()));
    }
}
