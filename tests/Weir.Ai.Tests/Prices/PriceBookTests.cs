namespace Weir.Ai.Tests;

public sealed class PriceBookTests
{
    static readonly DateTimeOffset Day = PriceSamples.Day;

    [Fact]
    public void Prices_hold_from_their_day_on()
    {
        var book = PriceSamples.Book(
            """{"provider": "p", "models": ["m"], "from": "2026-01-10", "until": "2026-02-01", "input": "2"}""",
            """{"provider": "p", "models": ["m"], "from": "2026-01-01T12:00:00Z", "input": "1"}""",
            """{"provider": "p", "models": ["m"], "from": "2026-03-01", "input": "3"}""");
        Assert.Null(PriceOf(book, new(2026, 1, 1, 11, 59, 59, TimeSpan.Zero)));
        Assert.Equal("1", PriceOf(book, new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)));
        Assert.Equal("2", PriceOf(book, new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal("1", PriceOf(book, new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal("3", PriceOf(book, new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void A_name_wins_over_a_pattern_and_a_longer_pattern_over_a_shorter_one()
    {
        var book = PriceSamples.Book(
            """{"provider": "*", "models": ["gpt-4o-mini-*"], "from": "2026-01-01", "input": "4"}""",
            """{"provider": "p", "models": ["*"], "from": "2026-01-01", "input": "3"}""",
            """{"provider": "p", "models": ["gpt-4o*"], "from": "2026-01-01", "input": "2"}""",
            """{"provider": "p", "models": ["gpt-4o"], "from": "2026-01-01", "input": "1"}""");
        Assert.Equal("1", PriceOf(book, Day, "GPT-4o"));
        Assert.Equal("2", PriceOf(book, Day, "gpt-4o-mini-2024"));
        Assert.Equal("3", PriceOf(book, Day, "o3"));
        Assert.Equal("4", book.Find("other", "gpt-4o-mini-2024", Day)?.Prices[CostComponent.Input]?.ToString());
        Assert.Null(book.Find("other", "o3", Day));
    }

    [Fact]
    public void A_later_file_wins_even_with_a_pattern()
    {
        var ours = Layer("""{"provider": "p", "models": ["m*"], "from": "2026-01-01", "input": "9"}""");
        var theirs = Layer("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1"}""");
        Assert.Equal("9", PriceOf(new PriceBook([theirs, ours]), Day));
        Assert.Equal("1", PriceOf(new PriceBook([ours, theirs]), Day));
    }

    [Fact]
    public void A_model_without_prices_is_what_the_policy_says()
    {
        var book = PriceSamples.Book(
            """{"provider": "p", "models": ["a"], "from": "2026-01-01", "input": "1", "output": "9", "service_tiers": {"priority": "2"}}""",
            """{"provider": "p", "models": ["b"], "from": "2026-01-01", "input": "5", "output": "2", "context_tiers": [{"above": 10, "input": "7"}]}""",
            """{"provider": "p", "models": ["old"], "from": "2020-01-01", "until": "2021-01-01", "input": "100"}""",
            """{"provider": "q", "models": ["c"], "from": "2026-01-01", "input": "50"}""");
        Assert.True(book.Quote("p", "new", null, Day, UnpricedPolicy.Block).IsRefused);
        Assert.True(book.Quote("unknown", "new", null, Day, UnpricedPolicy.Estimate).IsRefused);

        var allowed = book.Quote("p", "new", null, Day, UnpricedPolicy.Allow);
        Assert.False(allowed.IsRefused);
        var free = allowed.Cost(new() { Input = 10, Output = 1 });
        Assert.Equal(PriceState.Unpriced, free.State);
        Assert.Equal([CostComponent.Input, CostComponent.Output], free.Unpriced);
        Assert.True(free.Total.IsZero);

        var estimated = book.Quote("p", "new", null, Day, UnpricedPolicy.Estimate);
        Assert.Equal(PriceState.Estimated, estimated.State);
        var guess = estimated.Cost(new() { Input = 1_000_000, Output = 1_000_000, ServiceTier = "priority" });
        Assert.Equal("32", guess.Total.ToString());
        Assert.Equal(PriceState.Estimated, guess.State);
    }

    [Fact]
    public void The_model_that_served_counts_before_the_one_asked_for()
    {
        var book = PriceSamples.Book(
            """{"provider": "p", "models": ["alias"], "from": "2026-01-01", "input": "1"}""",
            """{"provider": "p", "models": ["m-2026"], "from": "2026-01-01", "input": "2"}""");
        Assert.Equal("p/m-2026@2026-01-01#1", book.Quote("p", "m-2026", "alias", Day, UnpricedPolicy.Block).Entry?.Id);
        Assert.Equal("p/alias@2026-01-01#1", book.Quote("p", "m-2027", "alias", Day, UnpricedPolicy.Block).Entry?.Id);
    }

    [Fact]
    public void A_context_tier_may_have_prices_of_its_own()
    {
        var entry = PriceSamples.Book("""
            {"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1.25", "cached_read": "0.25", "output": "10",
             "context_tiers": [{"above": 200000, "input": "2.50", "output": "15"}]}
            """).Find("p", "m", Day)!;
        Assert.Equal("10.25", CostSheet.Of(new() { Input = 200_000, Output = 1_000_000 }, entry).Total.ToString());
        Assert.Equal("15.775", CostSheet.Of(new() { Input = 400_000, CacheRead = 100_000, Output = 1_000_000 }, entry).Total.ToString());
    }

    [Fact]
    public void The_example_is_in_order()
    {
        var path = Path.Combine(Root(), "examples", "prices.json");
        var (layer, problems) = PriceFileReader.Read(path, File.ReadAllText(path));
        Assert.Empty(problems);
        Assert.All(layer!.Entries, static entry => Assert.StartsWith("https://", entry.Source, StringComparison.Ordinal));
        var book = new PriceBook([layer]);
        Assert.Equal("10", book.Find("openai", "o3", new(2025, 5, 1, 0, 0, 0, TimeSpan.Zero))?.Prices[CostComponent.Input]?.ToString());
        Assert.Equal("2", book.Find("openai", "o3", Day)?.Prices[CostComponent.Input]?.ToString());
    }

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Weir.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    static PriceLayer Layer(string entry) => PriceSamples.Book(entry).Layers[0];

    static string? PriceOf(PriceBook book, DateTimeOffset time, string model = "m") => book.Find("p", model, time)?.Prices[CostComponent.Input]?.ToString();
}
