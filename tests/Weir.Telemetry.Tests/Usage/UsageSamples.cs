namespace Weir.Telemetry.Tests;

/// <summary>Records and files for tests.</summary>
static class UsageSamples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    public static UsageRecord Record(string id, DateTimeOffset? time = null) => new() { Time = time ?? Noon, RequestId = id, Outcome = "ok" };

    public static UsageRecord Full { get; } = new()
    {
        Time = Noon,
        RequestId = "r1",
        Consumer = "ann",
        Credential = "c1",
        Group = "gold",
        Organisation = "acme",
        Project = "search",
        Team = "core",
        User = "u",
        Key = "vk_1",
        Agent = "crawler",
        Session = "s\n1",
        Route = "chat",
        Provider = "anthropic",
        ModelAsked = "smart",
        ModelServed = "claude",
        ServiceTier = "standard",
        Tokens = new()
        {
            Input = 100,
            CachedRead = 40,
            CacheWrite = 3,
            CacheWriteLong = 2,
            AudioInput = 1,
            ImageInput = 9,
            Output = 20,
            Reasoning = 5,
            WebSearches = 1,
        },
        Cost = [new("input", 45, 3_000_000_000, 100_000_000, 135_000), new("output", 20, 15_000_000_000, 50_000_000, 150_000)],
        CostTotal = 285_000,
        Currency = "USD",
        PriceId = "anthropic/claude@2026-01-01#1",
        PriceState = "priced",
        Outcome = "ok",
        Status = 200,
        Attempts = 2,
        LatencyMs = 1234,
        FirstTokenMs = 321,
        IsEstimated = true,
    };
}
