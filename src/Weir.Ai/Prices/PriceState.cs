namespace Weir.Ai;

/// <summary>How a cost stands to the price book.</summary>
enum PriceState
{
    /// <summary>Everything has a price in the book.</summary>
    Priced,

    /// <summary>The model is not in the book; the dearest prices of its provider stand in.</summary>
    Estimated,

    /// <summary>The model, or something it used, has no price; the cost says less than the call cost.</summary>
    Unpriced,
}

/// <summary>What happens to a call to a model that the price book does not have.</summary>
enum UnpricedPolicy
{
    /// <summary>It is refused.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("block")]
    Block,

    /// <summary>It is charged at the dearest prices of its provider in the book; refused where the book has nothing of that provider.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("estimate")]
    Estimate,

    /// <summary>It passes, its cost is zero and its record says that it is unpriced.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("allow")]
    Allow,
}

/// <summary>The answer of a price book about a model.</summary>
/// <param name="Entry">The prices, or null.</param>
/// <param name="IsRefused">The call must not be made: it has no price and the policy wants one.</param>
readonly record struct PriceQuote(PriceEntry? Entry, bool IsRefused)
{
    public PriceState State => Entry is null ? PriceState.Unpriced : Entry.IsEstimate ? PriceState.Estimated : PriceState.Priced;

    /// <summary>The cost of what was used; a sheet without lines where there are no prices.</summary>
    public CostSheet Cost(TokenUsage usage, string? askedTier = null) =>
        Entry is null ? CostSheet.WithoutPrices(usage) : CostSheet.Of(usage, Entry, askedTier);
}
