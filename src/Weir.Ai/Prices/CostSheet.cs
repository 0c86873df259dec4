namespace Weir.Ai;

/// <summary>What a call costs, line by line. The total is the sum of the lines, to the last billionth.</summary>
sealed record CostSheet
{
    /// <summary>Most tokens of a call that are believed; a provider that says more is taken at this.</summary>
    public const long QuantityMax = 1_000_000_000;

    /// <summary>Most searches of a call that are believed.</summary>
    public const long SearchesMax = 1_000_000;

    /// <summary>Lines in the order of the components; nothing was used of those that are not here.</summary>
    public required IReadOnlyList<CostLine> Lines { get; init; }

    public required Nano Total { get; init; }

    /// <summary>ISO 4217 code; empty where there was no price at all.</summary>
    public required string Currency { get; init; }

    /// <summary><see cref="PriceEntry.Id"/> of the prices; empty where there was none.</summary>
    public required string PriceId { get; init; }

    public required PriceState State { get; init; }

    /// <summary>What was used and has no price: it is not in the total.</summary>
    public IReadOnlyList<CostComponent> Unpriced { get; init; } = [];

    /// <summary>The cost of a call by these prices.</summary>
    /// <param name="usage">What was used. Counts that contradict each other are brought in line, see <see cref="UsageSplit"/>.</param>
    /// <param name="entry">The prices.</param>
    /// <param name="askedTier">Service tier asked for; holds where the usage does not say which one served.</param>
    public static CostSheet Of(TokenUsage usage, PriceEntry entry, string? askedTier = null)
    {
        var split = UsageSplit.Of(usage);
        var context = entry.TierOf(split.InputTotal);
        var service = entry.ServiceTiers.Of(usage.ServiceTier ?? askedTier);
        return Build(split, entry, context, service);
    }

    /// <summary>
    /// The most that a call may cost: every token of the prompt at the dearest kind of input, every token of the answer at the dearest kind of output, and
    /// what rounding its lines may add. For reserving before the call.
    /// </summary>
    /// <param name="inputTokensMax">Tokens of the prompt, at most.</param>
    /// <param name="outputTokensMax">Tokens of the answer, at most.</param>
    /// <param name="entry">The prices.</param>
    /// <param name="askedTier">Service tier asked for.</param>
    /// <param name="searchesMax">Searches, at most.</param>
    public static Nano Ceiling(long inputTokensMax, long outputTokensMax, PriceEntry entry, string? askedTier = null, long searchesMax = 0)
    {
        var service = entry.ServiceTiers.Ceiling(askedTier);
        // A prompt shorter than reserved for falls into a lower tier, and nothing says that the lower one is the cheaper one.
        var dearest = Dearest(null);
        foreach (var tier in entry.ContextTiers)
            if (inputTokensMax > tier.Above) dearest = Nano.Max(dearest, Dearest(tier));
        return dearest + new Nano(CostComponents.Count);

        Nano Dearest(ContextTier? tier)
        {
            var prices = tier?.Own ?? entry.Prices;
            var split = default(UsageSplit);
            split[DearestOf(prices, CostComponent.Input, CostComponent.ImageInput)] = inputTokensMax;
            split[DearestOf(prices, CostComponent.Output, CostComponent.ImageOutput)] = outputTokensMax;
            split[CostComponent.WebSearch] = searchesMax;
            split[CostComponent.Request] = 1;
            return TotalOf(split, prices, tier, service);
        }
    }

    /// <summary>Whether a stored sheet adds up: every line computed again gives its amount, and their sum gives the total.</summary>
    public static bool IsRecomputable(CostSheet stored)
    {
        var again = Recompute(stored);
        return again.Total == stored.Total && again.Lines.SequenceEqual(stored.Lines);
    }

    /// <summary>The sheet with every amount and the total computed again from quantities, prices and factors.</summary>
    public static CostSheet Recompute(CostSheet stored)
    {
        CostLine[] lines = [.. stored.Lines.Select(static line => line.Recompute())];
        return stored with { Lines = lines, Total = Sum(lines) };
    }

    /// <summary>A call that has no price: everything it used is unpriced.</summary>
    public static CostSheet WithoutPrices(TokenUsage usage)
    {
        var split = UsageSplit.Of(usage);
        List<CostComponent> used = [];
        for (var component = CostComponent.Input; component < CostComponent.Request; component++)
            if (split[component] > 0) used.Add(component);
        return new() { Lines = [], Total = Nano.Zero, Currency = "", PriceId = "", State = PriceState.Unpriced, Unpriced = used };
    }

    /// <summary>The total of the sheet that <see cref="Build"/> makes.</summary>
    static Nano TotalOf(in UsageSplit split, ComponentPrices prices, ContextTier? context, Factor service)
    {
        var total = Nano.Zero;
        for (var component = CostComponent.Input; component <= CostComponent.Request; component++)
        {
            var quantity = split[component];
            if (quantity > 0 && prices[component] is { } price) total += CostLine.Of(component, quantity, price, FactorOf(component, context, service)).Amount;
        }
        return total;
    }

    static CostSheet Build(in UsageSplit split, PriceEntry entry, ContextTier? context, Factor service)
    {
        var prices = context?.Own ?? entry.Prices;
        List<CostLine> lines = [];
        List<CostComponent>? unpriced = null;
        for (var i = 0; i < CostComponents.Count; i++)
        {
            var component = (CostComponent)i;
            var quantity = split[component];
            if (quantity == 0) continue;
            if (prices[component] is not { } price) (unpriced ??= []).Add(component);
            else if (component != CostComponent.Request || !price.IsZero)
                lines.Add(CostLine.Of(component, quantity, price, FactorOf(component, context, service)));
        }
        return new()
        {
            Lines = lines,
            Total = Sum(lines),
            Currency = entry.Currency,
            PriceId = entry.Id,
            State = unpriced is not null ? PriceState.Unpriced : entry.IsEstimate ? PriceState.Estimated : PriceState.Priced,
            Unpriced = unpriced ?? [],
        };
    }

    static Factor FactorOf(CostComponent component, ContextTier? context, Factor service)
    {
        if (!component.IsTokens()) return Factor.One;
        if (context is null) return service;
        return service * (component.IsInput() ? context.Input : context.Output);
    }

    static CostComponent DearestOf(ComponentPrices prices, CostComponent first, CostComponent last)
    {
        var dearest = first;
        for (var component = first; component <= last; component++)
            if (prices[component] is { } price && !(prices[dearest] >= price)) dearest = component;
        return dearest;
    }

    static Nano Sum(IReadOnlyList<CostLine> lines)
    {
        var total = Nano.Zero;
        foreach (var line in lines) total += line.Amount;
        return total;
    }
}
