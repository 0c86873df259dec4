using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Weir.Ai;

/// <summary>What a cache write costs that is kept for a time.</summary>
sealed record CacheWriteCost
{
    [Description("Time that the cache keeps the prompt: 5m, 1h.")]
    public required string Ttl { get; init; }

    [Description("Price of a million tokens.")]
    public required decimal Cost { get; init; }
}

/// <summary>Factors of long prompts.</summary>
sealed record ContextWindowFactor
{
    [Description("Tokens of input that must be exceeded: 200000, 200k, 1m.")]
    public required string Above { get; init; }

    [Description("What the prices of input are multiplied by.")]
    public required decimal InputFactor { get; init; }

    [Description("What the price of output is multiplied by.")]
    public required decimal OutputFactor { get; init; }
}

/// <summary>Factor of a service tier.</summary>
sealed record ServiceTierFactor
{
    [Description("Word that is looked for in the tier that the provider says it served, whatever the case of letters; the longest that is found holds.")]
    [MinLength(1)]
    public required string Tier { get; init; }

    [Description("What all token prices are multiplied by.")]
    public required decimal Factor { get; init; }
}

/// <summary>
/// Costs that Kong's configuration states for one target; they win over the price book. Kong's formula:
/// tier × (context_in × (input + cache read + cache write) + context_out × output) / 1,000,000, reasoning at the price of output, and cache reads and writes
/// at the price of input where they have none.
/// </summary>
sealed record TargetCosts
{
    public decimal? InputCost { get; init; }

    public decimal? OutputCost { get; init; }

    public decimal? CacheReadCost { get; init; }

    public decimal? CacheWriteCost { get; init; }

    public IReadOnlyList<CacheWriteCost> CacheWriteCostList { get; init; } = [];

    public IReadOnlyList<ContextWindowFactor> ContextWindowFactor { get; init; } = [];

    public IReadOnlyList<ServiceTierFactor> ServiceTierFactor { get; init; } = [];

    /// <summary>Whether the target states a price at all; without one the price book holds.</summary>
    public bool IsStated => InputCost is not null || OutputCost is not null;

    /// <summary>The entry of these costs; null when they have problems, which are reported by the names of the fields.</summary>
    /// <param name="provider">Provider of the target.</param>
    /// <param name="model">Model of the target.</param>
    /// <param name="problems">Takes the problems.</param>
    /// <param name="at">Path of the record that holds the fields, with a dot at its end; may be empty.</param>
    public PriceEntry? ToEntry(string provider, string model, Problems problems, string at = "")
    {
        var found = problems.Found.Count;
        List<(CostComponent, Nano)> prices = [];
        Add(CostComponent.Input, InputCost ?? 0, "input_cost");
        Add(CostComponent.Output, OutputCost ?? 0, "output_cost");
        Add(CostComponent.CacheRead, CacheReadCost, "cache_read_cost");
        Add(CostComponent.CacheWrite, CacheWriteOf("5m") ?? CacheWriteCost, "cache_write_cost");
        Add(CostComponent.CacheWriteLong, CacheWriteOf("1h") ?? CacheWriteCost, "cache_write_cost");
        for (var i = 0; i < CacheWriteCostList.Count; i++)
            if (CacheWriteCostList[i].Ttl is not ("5m" or "1h")) problems.Add($"{at}cache_write_cost_list[{i}].ttl", "expected one of: 5m, 1h");
        var service = new ServiceTiers(
            [.. ServiceTierFactor.Select((tier, i) => (tier.Tier, FactorOf(tier.Factor, $"{at}service_tier_factor[{i}].factor", problems)))]);
        var context = ContextTiers(problems, at);
        var most = service.Words.Aggregate(Factor.One, static (most, tier) => Factor.Max(most, tier.Factor)).Units;
        if (context.Exists(tier => (Int128)most * Factor.Max(tier.Input, tier.Output).Units > (Int128)Factor.Most * Factor.PerOne * Factor.PerOne))
            problems.Add($"{at}context_window_factor", $"a factor and that of a service tier are together more than {Factor.Most}");
        if (problems.Found.Count > found) return null;
        return new()
        {
            Id = $"{provider}/{model}@target",
            Provider = provider,
            Models = [model],
            From = DateTimeOffset.MinValue,
            Currency = "USD",
            Prices = new ComponentPrices(prices.ToArray()),
            ContextTiers = context,
            ServiceTiers = service,
        };

        void Add(CostComponent component, decimal? cost, string field)
        {
            if (cost is not { } stated) return;
            if (Nano.Of(stated) is { } price && price <= ComponentPrices.Most) prices.Add((component, price));
            else problems.Add(at + field, $"value should be between 0 and {ComponentPrices.Most}, with at most {Nano.Decimals} decimals");
        }
    }

    decimal? CacheWriteOf(string ttl) => CacheWriteCostList.FirstOrDefault(each => each.Ttl == ttl)?.Cost;

    List<ContextTier> ContextTiers(Problems problems, string at)
    {
        List<ContextTier> tiers = [];
        for (var i = 0; i < ContextWindowFactor.Count; i++)
        {
            var (stated, path) = (ContextWindowFactor[i], $"{at}context_window_factor[{i}]");
            if (Tokens(stated.Above) is not { } above)
            {
                problems.Add(path + ".above", "expected a number of tokens such as 200000, 200k or 1m");
                continue;
            }
            if (tiers.Exists(tier => tier.Above == above)) problems.Add(path + ".above", $"{stated.Above} stands twice");
            tiers.Add(new ContextTier(above,
                FactorOf(stated.InputFactor, path + ".input_factor", problems), FactorOf(stated.OutputFactor, path + ".output_factor", problems)));
        }
        tiers.Sort(static (a, b) => a.Above.CompareTo(b.Above));
        return tiers;
    }

    static Factor FactorOf(decimal stated, string path, Problems problems)
    {
        if (Factor.Of(stated) is { } factor) return factor;
        problems.Add(path, $"value should be between 0 and {Factor.Most}, with at most {Factor.Decimals} decimals");
        return Factor.One;
    }

    /// <summary>A number of tokens, with k for thousands and m for millions; null for anything else.</summary>
    static long? Tokens(string text)
    {
        var times = text.Length == 0 ? 1 : char.ToLowerInvariant(text[^1]) switch { 'k' => 1_000, 'm' => 1_000_000, _ => 1 };
        var digits = times == 1 ? text : text[..^1];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (long)number * times <= CostSheet.QuantityMax
            ? (long)number * times : null;
    }
}
