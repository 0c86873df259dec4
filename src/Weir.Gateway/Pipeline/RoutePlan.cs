using System.Collections.Frozen;

namespace Weir.Gateway;

/// <summary>
/// The plugins of one route in catalog order, chosen when the snapshot is built: one slot per plugin name, in it the instance of the most specific scope.
/// Slots that also have instances for consumers, groups or models are decided anew when those become known.
/// </summary>
sealed class RoutePlan
{
    readonly ScopeVariants?[] _variants;

    /// <param name="slots">In catalog order.</param>
    public RoutePlan(IReadOnlyList<PlanSlot> slots)
    {
        Plugins = [.. slots.Select(slot => slot.Plugin)];
        _variants = [.. slots.Select(slot => slot.Variants)];
        HasVariants = slots.Any(slot => slot.Variants is not null);
        var reachable = slots.SelectMany(slot => slot.Reachable()).ToList();
        HasUpstreamPhase = reachable.Exists(plugin => plugin.OnUpstream is not null);
        HasResponsePhase = reachable.Exists(plugin => plugin.OnResponse is not null);
        HasChunkPhase = reachable.Exists(plugin => plugin.OnChunk is not null);
        HasWholePhase = reachable.Exists(plugin => plugin.OnWholeAnswer is not null);
        HasDonePhase = reachable.Exists(plugin => plugin.OnDone is not null);
        HasBlockingDonePhase = reachable.Exists(plugin => plugin is { OnDone: not null, IsBlocking: true });
    }

    public static RoutePlan Empty { get; } = new([]);

    /// <summary>One element per slot; null where only certain consumers have an instance.</summary>
    public PreparedPlugin?[] Plugins { get; }

    public bool HasVariants { get; }
    public bool HasUpstreamPhase { get; }
    public bool HasResponsePhase { get; }
    public bool HasChunkPhase { get; }
    public bool HasWholePhase { get; }
    public bool HasDonePhase { get; }
    public bool HasBlockingDonePhase { get; }

    /// <summary>
    /// Chooses the slots after <paramref name="slot"/> for this consumer and model. Earlier slots stay: a plugin that runs before authentication never sees
    /// the instance of a consumer.
    /// </summary>
    public void Narrow(Consumer? consumer, string? modelId, int slot, PreparedPlugin?[] chosen)
    {
        for (var i = slot + 1; i < Plugins.Length; i++)
            chosen[i] = _variants[i] is { } variants ? variants.Choose(consumer, modelId) : Plugins[i];
    }
}

/// <summary>The place of one plugin name in a plan.</summary>
/// <param name="Plugin">The instance for callers without one of their own, or null.</param>
/// <param name="Variants">Instances for certain callers, or null.</param>
readonly record struct PlanSlot(PreparedPlugin? Plugin, ScopeVariants? Variants)
{
    public IEnumerable<PreparedPlugin> Reachable() => [.. Plugin is null ? [] : new[] { Plugin }, .. Variants?.All ?? []];
}

/// <summary>Instances of one plugin that belong to consumers and consumer groups, with the rank of their scope; the lowest rank wins.</summary>
sealed class CallerVariants(
    (int Rank, PreparedPlugin? Plugin) otherwise,
    FrozenDictionary<string, (int Rank, PreparedPlugin Plugin)> byConsumerId,
    FrozenDictionary<string, (int Rank, PreparedPlugin Plugin)> byGroupId)
{
    /// <summary>The instance for callers without one of their own.</summary>
    public PreparedPlugin? Otherwise => otherwise.Plugin;

    public IEnumerable<PreparedPlugin> All => byConsumerId.Values.Concat(byGroupId.Values).Select(ranked => ranked.Plugin);

    public PreparedPlugin? Choose(Consumer? consumer)
    {
        var best = otherwise;
        if (consumer is null) return best.Plugin;
        if (byConsumerId.TryGetValue(consumer.Id, out var own) && own.Rank < best.Rank) best = own;
        // Groups are sorted by name: of two groups at the same rank the alphabetically first wins.
        foreach (var group in consumer.Groups)
            if (byGroupId.TryGetValue(group.Id, out var shared) && shared.Rank < best.Rank) best = shared;
        return best.Plugin;
    }
}

/// <summary>Instances of one plugin by everything that becomes known on the way: one for the model wins over any that is for none.</summary>
/// <param name="callers">Instances for no model.</param>
/// <param name="byModelId">Those for each model that has any.</param>
sealed class ScopeVariants(CallerVariants callers, FrozenDictionary<string, CallerVariants> byModelId)
{
    public IEnumerable<PreparedPlugin> All =>
        byModelId.Values.SelectMany(static variants => variants.Otherwise is { } plugin ? variants.All.Append(plugin) : variants.All).Concat(callers.All);

    public PreparedPlugin? Choose(Consumer? consumer, string? modelId) =>
        (modelId is not null && byModelId.TryGetValue(modelId, out var own) ? own.Choose(consumer) : null) ?? callers.Choose(consumer);
}
