namespace Weir.Ai;

/// <summary>
/// What every model costs and cost on any day. Made of layers: a later file (the operator's) wins over an earlier one wherever it says anything about a
/// model. Immutable; a reload makes another.
/// </summary>
sealed class PriceBook(IReadOnlyList<PriceLayer> layers)
{
    /// <summary>A book without prices: everything is unpriced.</summary>
    public static readonly PriceBook Empty = new([]);

    /// <summary>The files, the weakest first.</summary>
    public IReadOnlyList<PriceLayer> Layers => layers;

    /// <summary>ISO 4217 code of all prices; empty for an empty book.</summary>
    public string Currency => layers.Count == 0 ? "" : layers[0].Currency;

    /// <summary>The entry that holds for a model at a time; null when the model is unpriced.</summary>
    /// <param name="provider">Provider.</param>
    /// <param name="model">The model that served, as the provider names it.</param>
    /// <param name="time">When.</param>
    public PriceEntry? Find(string provider, string model, DateTimeOffset time)
    {
        for (var i = layers.Count - 1; i >= 0; i--)
            if (layers[i].Find(provider, model, time) is { } entry) return entry;
        return null;
    }

    /// <summary>The prices of a model at a time, or what the policy says where there are none.</summary>
    /// <param name="provider">Provider.</param>
    /// <param name="served">The model that served or will serve.</param>
    /// <param name="asked">The name it was asked for by, where it differs: it is looked for second. Null for none.</param>
    /// <param name="time">When.</param>
    /// <param name="policy">What happens to a model without prices.</param>
    public PriceQuote Quote(string provider, string served, string? asked, DateTimeOffset time, UnpricedPolicy policy)
    {
        var entry = Find(provider, served, time) ?? (asked is null ? null : Find(provider, asked, time));
        if (entry is not null) return new(entry, IsRefused: false);
        if (policy == UnpricedPolicy.Estimate) entry = Dearest(provider, time);
        return new(entry, IsRefused: entry is null && policy != UnpricedPolicy.Allow);
    }

    /// <summary>
    /// An entry with the highest price of each component that any model of a provider has at a time, and the highest factors; null when the book has
    /// nothing of that provider.
    /// </summary>
    public PriceEntry? Dearest(string provider, DateTimeOffset time)
    {
        ComponentPrices? highest = null;
        var tiers = new Dictionary<string, Factor>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in layers.SelectMany(static layer => layer.Entries))
        {
            if (entry.Provider == "*" || !PriceLayer.IsOf(entry, provider) || !entry.HoldsAt(time)) continue;
            highest = highest?.Max(entry.Prices) ?? entry.Prices;
            foreach (var tier in entry.ContextTiers)
                if (tier.Own is { } own) highest = highest.Max(own);
            foreach (var (word, factor) in entry.ServiceTiers.Words)
                tiers[word] = Factor.Max(factor, tiers.GetValueOrDefault(word));
        }
        if (highest is null) return null;
        return new()
        {
            Id = $"{provider}/*@dearest",
            Provider = provider,
            Models = ["*"],
            From = time,
            Currency = Currency,
            Prices = highest,
            ServiceTiers = new ServiceTiers(tiers.Select(static tier => (tier.Key, tier.Value))),
            IsEstimate = true,
        };
    }
}
