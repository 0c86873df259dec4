namespace Weir.Ai.Tests;

/// <summary>Entries for tests.</summary>
static class PriceSamples
{
    public static readonly DateTimeOffset Day = new(2026, 1, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An entry with these prices.</summary>
    public static PriceEntry Entry(params (CostComponent Component, Nano Price)[] prices) => new()
    {
        Id = "test/model@2026-01-01#1",
        Provider = "test",
        Models = ["model"],
        From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Currency = "USD",
        Prices = new ComponentPrices(prices),
    };

    /// <summary>An entry with prices of input and output.</summary>
    public static PriceEntry Entry(string input, string output) =>
        Entry((CostComponent.Input, Nano.Parse(input)!.Value), (CostComponent.Output, Nano.Parse(output)!.Value));

    /// <summary>A file with these entries.</summary>
    public static string File(params string[] entries) =>
        $$"""{"format": "weir-prices/1", "version": "1", "currency": "USD", "entries": [{{string.Join(",\n", entries)}}]}""";

    /// <summary>The book of one file that has no problems.</summary>
    public static PriceBook Book(params string[] entries)
    {
        var (layer, problems) = PriceFileReader.Read("prices.json", File(entries));
        Assert.Empty(problems);
        return new PriceBook([layer!]);
    }
}
