using System.Collections.Frozen;
using ScopeTree = Weir.Config.SortedTree<Weir.Gateway.PluginScope, (string Route, string Service), Weir.Gateway.PluginScopeOrder>;

namespace Weir.Gateway;

/// <summary>
/// Chooses the plugins of each route: one slot per plugin name in catalog order, filled by Kong's precedence of scopes. Routes without plugins of their
/// own share the plan of their service.
/// </summary>
sealed class PlanSet
{
    readonly ScopeTree _scopes;
    readonly FrozenDictionary<string, int> _order;

    // Of places without plugins for routes: a plan is made of nothing but its scopes, so those of earlier documents are as good.
    readonly Dictionary<(PluginScope? Service, PluginScope? Everywhere), RoutePlan> _shared;

    PlanSet(ScopeTree scopes, FrozenDictionary<string, int> order, Dictionary<(PluginScope? Service, PluginScope? Everywhere), RoutePlan> shared) =>
        (_scopes, _order, _shared) = (scopes, order, shared);

    /// <param name="catalog">Plugin names in the order in which requests meet them.</param>
    public static PlanSet Of(IReadOnlyList<string> catalog) =>
        new(ScopeTree.Empty, catalog.Index().ToFrozenDictionary(static name => name.Item, static name => name.Index), []);

    /// <summary>The plans after some plugins have changed.</summary>
    /// <param name="changes">Plugins before and after.</param>
    /// <param name="touched">Gets the places whose plugins are others.</param>
    public PlanSet Next(IReadOnlyList<(BuiltPlugin? Before, BuiltPlugin? After)> changes, HashSet<(string Route, string Service)> touched)
    {
        if (changes.Count == 0) return this;
        var byPlace = new Dictionary<(string, string), Dictionary<string, BuiltPlugin>>();
        foreach (var (before, _) in changes)
            if (before is not null) At(before).Remove(before.Entity.Id!);
        foreach (var (_, after) in changes)
            if (after is not null) At(after)[after.Entity.Id!] = after;
        var scopes = _scopes.Edit();
        foreach (var (place, plugins) in byPlace)
        {
            touched.Add(place);
            if (plugins.Count == 0) scopes.Remove(place);
            else scopes.Put(new PluginScope(place, [.. plugins.Values.OrderBy(static plugin => plugin.Entity.Id, StringComparer.Ordinal)]));
        }
        // Plans of scopes that are no more would pile up.
        var shared = _shared.Count <= (2 * _scopes.Count) + 16 ? _shared : [];
        return new PlanSet(scopes.ToTree(), _order, shared);

        Dictionary<string, BuiltPlugin> At(BuiltPlugin plugin)
        {
            var place = PluginScope.Of(plugin.Entity);
            if (!byPlace.TryGetValue(place, out var there))
                byPlace[place] = there = Find(place.Route, place.Service)?.Plugins.ToDictionary(static each => each.Entity.Id!) ?? [];
            return there;
        }
    }

    /// <summary>Plan for requests without a route.</summary>
    public RoutePlan Global() => Build([Find("", "")]);

    public RoutePlan For(string routeId, string? serviceId)
    {
        var (both, route) = (serviceId is null ? null : Find(routeId, serviceId), Find(routeId, ""));
        var (service, everywhere) = (serviceId is null ? null : Find("", serviceId), Find("", ""));
        if (both is not null || route is not null) return Build([both, route, service, everywhere]);
        if (_shared.TryGetValue((service, everywhere), out var shared)) return shared;
        return _shared[(service, everywhere)] = Build([service, everywhere]);
    }

    PluginScope? Find(string route, string service) => _scopes.TryFind((route, service), out var scope) ? scope : null;

    RoutePlan Build(IEnumerable<PluginScope?> scopes)
    {
        var applicable = scopes.SelectMany(static scope => scope?.Plugins ?? []).ToList();
        if (applicable.Count == 0) return RoutePlan.Empty;
        return new RoutePlan([.. applicable.GroupBy(static plugin => plugin.Entity.Name).OrderBy(group => _order[group.Key]).Select(Slot)]);
    }

    static PlanSlot Slot(IEnumerable<BuiltPlugin> candidates)
    {
        var byModel = candidates.ToLookup(static plugin => plugin.Entity.Model?.Id ?? "");
        var (callers, hasCallers) = Callers(byModel[""]);
        var models = byModel.Where(static same => same.Key.Length > 0).ToFrozenDictionary(static same => same.Key, static same => Callers(same).Variants);
        return new PlanSlot(callers.Otherwise, hasCallers || models.Count > 0 ? new ScopeVariants(callers, models) : null);
    }

    static (CallerVariants Variants, bool HasOwn) Callers(IEnumerable<BuiltPlugin> candidates)
    {
        (int Rank, PreparedPlugin? Plugin) otherwise = (ScopeRank.None, null);
        Dictionary<string, (int Rank, PreparedPlugin Plugin)> byConsumer = [];
        Dictionary<string, (int Rank, PreparedPlugin Plugin)> byGroup = [];
        foreach (var plugin in candidates)
        {
            var rank = ScopeRank.Of(plugin.Entity);
            if (plugin.Entity.Consumer?.Id is { } consumer) Improve(byConsumer, consumer, rank, plugin.Prepared);
            else if (plugin.Entity.ConsumerGroup?.Id is { } group) Improve(byGroup, group, rank, plugin.Prepared);
            else if (rank < otherwise.Rank) otherwise = (rank, plugin.Prepared);
        }
        return (new CallerVariants(otherwise, byConsumer.ToFrozenDictionary(), byGroup.ToFrozenDictionary()), byConsumer.Count + byGroup.Count > 0);
    }

    static void Improve(Dictionary<string, (int Rank, PreparedPlugin Plugin)> best, string key, int rank, PreparedPlugin plugin)
    {
        if (!best.TryGetValue(key, out var known) || rank < known.Rank) best[key] = (rank, plugin);
    }
}
