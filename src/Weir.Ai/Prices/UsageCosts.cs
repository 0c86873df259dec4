using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>Usage and cost of a call as they stand in the ledger, and back.</summary>
static class UsageCosts
{
    /// <summary>The record with what was used and what it cost.</summary>
    public static UsageRecord With(this UsageRecord record, TokenUsage usage, CostSheet cost) => record with
    {
        Tokens = new()
        {
            Input = usage.Input,
            CachedRead = usage.CacheRead,
            CacheWrite = usage.CacheWrite,
            CacheWriteLong = usage.CacheWriteLong,
            AudioInput = usage.AudioInput,
            ImageInput = usage.ImageInput,
            Output = usage.Output,
            Reasoning = usage.Reasoning,
            AudioOutput = usage.AudioOutput,
            ImageOutput = usage.ImageOutput,
            WebSearches = usage.WebSearches,
        },
        Cost = LinesOf(cost),
        CostTotal = cost.Total.Units,
        Currency = cost.Currency.Length == 0 ? null : cost.Currency,
        PriceId = cost.PriceId.Length == 0 ? null : cost.PriceId,
        PriceState = NameOf(cost.State),
        ServiceTier = usage.ServiceTier ?? record.ServiceTier,
        IsEstimated = usage.IsEstimated,
    };

    /// <summary>The cost that a record says; null when it names a component that this version does not know.</summary>
    public static CostSheet? CostOf(UsageRecord record)
    {
        List<CostLine> lines = [];
        foreach (var line in record.Cost)
        {
            if (CostComponents.Parse(line.Component) is not { } component) return null;
            lines.Add(new(component, line.Quantity, new Nano(line.Price), new Factor(line.Factor), new Nano(line.Amount)));
        }
        return new()
        {
            Lines = lines,
            Total = new Nano(record.CostTotal),
            Currency = record.Currency ?? "",
            PriceId = record.PriceId ?? "",
            State = record.PriceState == NameOf(PriceState.Priced) ? PriceState.Priced
                : record.PriceState == NameOf(PriceState.Estimated) ? PriceState.Estimated : PriceState.Unpriced,
        };
    }

    /// <summary>Word for a state in records, headers and metrics.</summary>
    public static string NameOf(PriceState state) => state switch
    {
        PriceState.Priced => "priced",
        PriceState.Estimated => "estimated",
        _ => "unpriced",
    };

    static UsageCostLine[] LinesOf(CostSheet cost)
    {
        var lines = new UsageCostLine[cost.Lines.Count];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = cost.Lines[i];
            lines[i] = new(line.Component.Name(), line.Quantity, line.Price.Units, line.Factor.Units, line.Amount.Units);
        }
        return lines;
    }
}
