using System.Collections.Frozen;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// Chooses the plugins of each route: one slot per plugin name in catalog order, filled by Kong's precedence of scopes. Routes without plugins of their
/// own share the plan of their service.
/// </summary>
sealed class PlanBuilder
{
    readonly Dictionary<(string? Route, string? Service), List<ScopedPlugin>> _byScope = [];
    readonly Dictionary<string, int> _order;
    readonly Dictionary<string, RoutePlan> _byService = [];

    /// <param name="plugins">Enabled plugin entities with their instances.</param>
    /// <param name="order">Plugin names in catalog order.</param>
    public PlanBuilder(IEnumerable<ScopedPlugin> plugins, IReadOnlyList<string> order)
    {
        _order = order.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index);
        foreach (var plugin in plugins)
        {
            var scope = (plugin.Entity.Route?.Id, plugin.Entity.Service?.Id);
            if (!_byScope.TryGetValue(scope, out var list)) _byScope[scope] = list = [];
            list.Add(plugin);
        }
    }

    /// <summary>Plan for requests without a route.</summary>
    public RoutePlan Global() => Build([.. At(null, null)]);

    public RoutePlan For(string routeId, string? serviceId)
    {
        List<ScopedPlugin> own = [.. At(routeId, serviceId), .. serviceId is null ? [] : At(routeId, null)];
        if (own.Count == 0 && serviceId is not null && _byService.TryGetValue(serviceId, out var shared)) return shared;
        var plan = Build([.. own, .. serviceId is null ? [] : At(null, serviceId), .. At(null, null)]);
        if (own.Count == 0 && serviceId is not null) _byService[serviceId] = plan;
        return plan;
    }

    List<ScopedPlugin> At(string? routeId, string? serviceId) => _byScope.GetValueOrDefault((routeId, serviceId)) ?? [];

    RoutePlan Build(List<ScopedPlugin> applicable)
    {
        if (applicable.Count == 0) return RoutePlan.Empty;
        return new RoutePlan([.. applicable.GroupBy(plugin => plugin.Entity.Name).OrderBy(group => _order[group.Key]).Select(Slot)]);
    }

    static PlanSlot Slot(IEnumerable<ScopedPlugin> candidates)
    {
        var byModel = candidates.ToLookup(static plugin => plugin.Entity.Model?.Id ?? "");
        var (callers, hasCallers) = Callers(byModel[""]);
        var models = byModel.Where(static same => same.Key.Length > 0).ToFrozenDictionary(static same => same.Key, static same => Callers(same).Variants);
        return new PlanSlot(callers.Otherwise, hasCallers || models.Count > 0 ? new ScopeVariants(callers, models) : null);
    }

    static (CallerVariants Variants, bool HasOwn) Callers(IEnumerable<ScopedPlugin> candidates)
    {
        (int Rank, PreparedPlugin? Plugin) otherwise = (ScopeRank.None, null);
        Dictionary<string, (int Rank, PreparedPlugin Plugin)> byConsumer = [];
        Dictionary<string, (int Rank, PreparedPlugin Plugin)> byGroup = [];
        foreach (var (entity, prepared) in candidates)
        {
            var rank = ScopeRank.Of(entity);
            if (entity.Consumer?.Id is { } consumer) Improve(byConsumer, consumer);
            else if (entity.ConsumerGroup?.Id is { } group) Improve(byGroup, group);
            else if (rank < otherwise.Rank) otherwise = (rank, prepared);

            void Improve(Dictionary<string, (int Rank, PreparedPlugin Plugin)> best, string key)
            {
                if (!best.TryGetValue(key, out var known) || rank < known.Rank) best[key] = (rank, prepared);
            }
        }
        return (new CallerVariants(otherwise, byConsumer.ToFrozenDictionary(), byGroup.ToFrozenDictionary()), byConsumer.Count + byGroup.Count > 0);
    }
}

/// <summary>A plugin entity and its instance.</summary>
readonly record struct ScopedPlugin(PluginConfig Entity, PreparedPlugin Prepared);
