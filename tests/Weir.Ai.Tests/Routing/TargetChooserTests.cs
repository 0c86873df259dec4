using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class TargetChooserTests
{
    static readonly Weir.Exchange s_exchange = new() { Http = new DefaultHttpContext() };

    [Fact]
    public void Shares_follow_the_weights_in_every_round() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<byte>>(), static weights =>
        {
            Target[] targets = [.. weights.Get.Take(6).Select(static (weight, i) => Targets.Of($"m{i}", 1 + weight))];
            var chooser = Chooser(BalancingAlgorithm.RoundRobin);
            var round = targets.Sum(static target => target.Weight);
            var turns = Enumerable.Range(0, round).Select(_ => chooser.Choose(targets, s_exchange)).CountBy(static target => target).ToDictionary();
            return targets.All(target => turns[target] == target.Weight);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Spreads_the_turns_of_a_heavy_target()
    {
        Target[] targets = [Targets.Of("a", 5), Targets.Of("b", 1), Targets.Of("c", 1)];
        var chooser = Chooser(BalancingAlgorithm.RoundRobin);
        Assert.Equal("aabacaa", string.Concat(Enumerable.Range(0, 7).Select(_ => chooser.Choose(targets, s_exchange).Config.Model.Name)));
    }

    [Fact]
    public void Hashing_gives_the_same_target_for_the_same_value_on_every_node()
    {
        var values = Values(200).ToList();
        var one = values.Select(value => Hashed(Chooser(BalancingAlgorithm.ConsistentHashing), Three(), value)).ToList();
        var other = values.Select(value => Hashed(Chooser(BalancingAlgorithm.ConsistentHashing), [.. Three().Reverse()], value)).ToList();
        Assert.Equal(one, other);
        Assert.Equal(3, one.Distinct().Count());
    }

    [Fact]
    public void Hashing_moves_only_those_of_a_target_that_goes()
    {
        var chooser = Chooser(BalancingAlgorithm.ConsistentHashing);
        foreach (var value in Values(300))
        {
            var before = Hashed(chooser, Three(), value);
            var after = Hashed(chooser, [.. Three().Take(2)], value);
            Assert.True(before == "c" || before == after);
        }
    }

    [Fact]
    public void Hashing_follows_the_weights()
    {
        var chooser = Chooser(BalancingAlgorithm.ConsistentHashing);
        Target[] targets = [Targets.Of("a", 300), Targets.Of("b", 100)];
        Assert.InRange(Values(2000).Count(value => Hashed(chooser, targets, value) == "a"), 1350, 1650);
    }

    [Fact]
    public void Hashing_without_the_header_takes_any()
    {
        var chooser = Chooser(BalancingAlgorithm.ConsistentHashing);
        var targets = Three();
        Assert.Equal(3, Enumerable.Range(0, 100).Select(_ => chooser.Choose(targets, s_exchange)).Distinct().Count());
    }

    [Fact]
    public void Least_connections_takes_the_idlest_for_its_weight()
    {
        Target[] targets = [Targets.Of("a", 100), Targets.Of("b", 300)];
        targets[0].State.Begin();
        targets[1].State.Begin();
        targets[1].State.Begin();
        AssertPrefers("b", BalancingAlgorithm.LeastConnections, targets);
        for (var i = 0; i < 5; i++) targets[1].State.Begin();
        AssertPrefers("a", BalancingAlgorithm.LeastConnections, targets);
    }

    [Theory]
    [InlineData("tpot", "a")]
    [InlineData("e2e", "b")]
    public void Lowest_latency_takes_the_fastest_by_its_measure(string strategy, string best)
    {
        Target[] targets = [Targets.Of("a"), Targets.Of("b")];
        targets[0].State.Answered(TimeSpan.FromMilliseconds(1000), new TokenUsage { Output = 100 }, 0);
        targets[1].State.Answered(TimeSpan.FromMilliseconds(500), new TokenUsage { Output = 10 }, 0);
        AssertPrefers(best, BalancingAlgorithm.LowestLatency, targets, strategy == "e2e" ? LatencyStrategy.EndToEnd : LatencyStrategy.Tpot);
    }

    [Theory]
    [InlineData(nameof(TokensCountStrategy.PromptTokens), "b")]
    [InlineData(nameof(TokensCountStrategy.CompletionTokens), "a")]
    [InlineData(nameof(TokensCountStrategy.TotalTokens), "b")]
    [InlineData(nameof(TokensCountStrategy.Cost), "a")]
    public void Lowest_usage_takes_the_least_used_by_its_measure(string strategy, string best)
    {
        Target[] targets = [Targets.Of("a"), Targets.Of("b")];
        targets[0].State.Answered(default, new TokenUsage { Input = 100, Output = 1 }, 5);
        targets[1].State.Answered(default, new TokenUsage { Input = 10, Output = 20 }, 50);
        AssertPrefers(best, BalancingAlgorithm.LowestUsage, targets, strategy: Enum.Parse<TokensCountStrategy>(strategy));
    }

    [Fact]
    public void Gives_each_of_equals_its_chance()
    {
        var chooser = Chooser(BalancingAlgorithm.LowestLatency);
        var targets = Three();
        var turns = Enumerable.Range(0, 600).Select(_ => chooser.Choose(targets, s_exchange)).CountBy(static target => target).ToDictionary();
        Assert.All(targets, target => Assert.InRange(turns[target], 150, 250));
    }

    [Fact]
    public void Priority_takes_the_heaviest_in_turn_and_lighter_ones_without_them()
    {
        Target[] targets = [Targets.Of("a", 200), Targets.Of("b", 100), Targets.Of("c", 200)];
        var chooser = Chooser(BalancingAlgorithm.Priority);
        Assert.Equal("acac", string.Concat(Enumerable.Range(0, 4).Select(_ => chooser.Choose(targets, s_exchange).Config.Model.Name)));
        Assert.Same(targets[1], chooser.Choose([targets[1]], s_exchange));
    }

    static void AssertPrefers(string best, BalancingAlgorithm algorithm, Target[] targets, LatencyStrategy latency = default,
        TokensCountStrategy strategy = default)
    {
        var chooser = TargetChooser.Of(
            new BalancerConfig { Algorithm = algorithm, LatencyStrategy = latency, TokensCountStrategy = strategy }, new Random(1));
        // Now and then another one is explored.
        Assert.InRange(Enumerable.Range(0, 500).Count(_ => chooser.Choose(targets, s_exchange).Config.Model.Name == best), 480, 499);
    }

    static TargetChooser Chooser(BalancingAlgorithm algorithm) =>
        TargetChooser.Of(new BalancerConfig { Algorithm = algorithm, HashOnHeader = "X-User" }, new Random(1));

    static Target[] Three() => [Targets.Of("a"), Targets.Of("b"), Targets.Of("c")];

    static IEnumerable<string> Values(int count) => Enumerable.Range(0, count).Select(static i => i.ToString(CultureInfo.InvariantCulture));

    static string? Hashed(TargetChooser chooser, IReadOnlyList<Target> targets, string value)
    {
        var exchange = new Weir.Exchange { Http = new DefaultHttpContext() };
        exchange.Http.Request.Headers["X-User"] = value;
        return chooser.Choose(targets, exchange).Config.Model.Name;
    }
}
