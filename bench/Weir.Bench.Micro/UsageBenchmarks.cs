using BenchmarkDotNet.Attributes;
using Weir.Telemetry;

namespace Weir.Bench.Micro;

/// <summary>What a usage record costs the call that it is of, without the disk.</summary>
public class UsageBenchmarks
{
    readonly UsageRecord _record = new()
    {
        Time = new(2026, 11, 20, 9, 58, 21, TimeSpan.Zero),
        RequestId = "0197f0a2c5d07a3e9c4be0d1f2a3b4c5",
        Consumer = "search",
        Team = "core",
        Key = "vk_12345678",
        Route = "chat",
        Provider = "openai",
        ModelAsked = "gpt-4o",
        ModelServed = "gpt-4o-2024-08-06",
        Tokens = new() { Input = 1200, CachedRead = 1024, Output = 230 },
        Cost = [new("input", 176, 2_500_000_000, 100_000_000, 440_000), new("output", 230, 10_000_000_000, 100_000_000, 2_300_000)],
        CostTotal = 2_740_000,
        Currency = "USD",
        PriceState = "priced",
        Outcome = "ok",
        Status = 200,
        LatencyMs = 812,
    };

    [Benchmark]
    public int Line() => UsageFrame.Write(_record).Length;
}
