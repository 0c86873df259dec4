namespace Weir.Telemetry;

/// <summary>Sums over records.</summary>
sealed class UsageTotals
{
    /// <summary>Values of the dimensions asked for; "-" where records say none.</summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>Currency of the cost; empty where nothing was priced. Costs of different currencies are never added up.</summary>
    public required string Currency { get; init; }

    public long Calls { get; private set; }

    /// <summary>Calls that did not end well: every outcome but "ok" and "cached".</summary>
    public long Failed { get; private set; }

    public long Input { get; private set; }

    public long CachedRead { get; private set; }

    public long Output { get; private set; }

    public long Reasoning { get; private set; }

    /// <summary>Billionths of the currency; larger than a long when many years come together.</summary>
    public Int128 Cost { get; private set; }

    /// <summary>Calls that used something without a price.</summary>
    public long Unpriced { get; private set; }

    /// <summary>Calls whose tokens or prices were estimated.</summary>
    public long Estimated { get; private set; }

    public long LatencyMs { get; private set; }

    public long FirstTokenMs { get; private set; }

    /// <summary>Calls that have a time to the first token.</summary>
    public long FirstTokens { get; private set; }

    public void Add(UsageRecord record)
    {
        Calls++;
        if (record.Outcome is not ("ok" or "cached")) Failed++;
        Input += record.Tokens.Input;
        CachedRead += record.Tokens.CachedRead;
        Output += record.Tokens.Output;
        Reasoning += record.Tokens.Reasoning;
        Cost += record.CostTotal;
        if (record.PriceState == "unpriced") Unpriced++;
        if (record.IsEstimated || record.PriceState == "estimated") Estimated++;
        LatencyMs += record.LatencyMs;
        if (record.FirstTokenMs is not { } first) return;
        FirstTokenMs += first;
        FirstTokens++;
    }
}
