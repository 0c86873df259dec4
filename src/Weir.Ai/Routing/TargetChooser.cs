using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Chooses which of several targets gets a call.</summary>
abstract class TargetChooser
{
    /// <summary>The best of <paramref name="candidates"/>, which is not empty: targets that are up and have not been tried by this call.</summary>
    public abstract Target Choose(IReadOnlyList<Target> candidates, Exchange exchange);

    public static TargetChooser Of(BalancerConfig balancer, Random random) => balancer.Algorithm switch
    {
        BalancingAlgorithm.LeastConnections => new LeastOf(random, static target => (double)target.State.UnderWay / target.Weight),
        BalancingAlgorithm.LowestLatency when balancer.LatencyStrategy == LatencyStrategy.EndToEnd => new LeastOf(random, static target => target.State.CallMs),
        BalancingAlgorithm.LowestLatency => new LeastOf(random, static target => target.State.TokenMs),
        BalancingAlgorithm.LowestUsage => new LeastOf(random, Usage(balancer.TokensCountStrategy)),
        BalancingAlgorithm.ConsistentHashing => new ByHash(balancer.HashOnHeader, random),
        BalancingAlgorithm.Priority => new ByPriority(),
        _ => new InTurn(),
    };

    static Func<Target, double> Usage(TokensCountStrategy strategy) => strategy switch
    {
        TokensCountStrategy.PromptTokens => static target => (double)target.State.InputTokens / target.Weight,
        TokensCountStrategy.CompletionTokens => static target => (double)target.State.OutputTokens / target.Weight,
        TokensCountStrategy.Cost => static target => (double)target.State.Nano / target.Weight,
        _ => static target => (double)(target.State.InputTokens + target.State.OutputTokens) / target.Weight,
    };
}

/// <summary>Smooth weighted round-robin: shares follow the weights, and a heavy target's turns are spread out.</summary>
sealed class InTurn : TargetChooser
{
    readonly Lock _gate = new();

    public override Target Choose(IReadOnlyList<Target> candidates, Exchange exchange)
    {
        if (candidates.Count == 1) return candidates[0];
        lock (_gate)
        {
            var total = 0L;
            var best = candidates[0];
            foreach (var target in candidates)
            {
                total += target.Weight;
                target.State.Turn += target.Weight;
                if (target.State.Turn > best.State.Turn) best = target;
            }
            best.State.Turn -= total;
            return best;
        }
    }
}

/// <summary>
/// The target with the least of something. One that was never measured counts as having none; now and then another one is taken, so that a target whose
/// bad days are over is found again.
/// </summary>
sealed class LeastOf(Random random, Func<Target, double> measure) : TargetChooser
{
    const double ExploringShare = 0.02;

    public override Target Choose(IReadOnlyList<Target> candidates, Exchange exchange)
    {
        if (candidates.Count == 1) return candidates[0];
        if (random.NextDouble() < ExploringShare) return candidates[random.Next(candidates.Count)];
        var least = double.MaxValue;
        var best = candidates[0];
        var equals = 0;
        foreach (var target in candidates)
        {
            var value = measure(target);
            if (value > least) continue;
            equals = value < least ? 1 : equals + 1;
            least = value;
            // Of equals each gets its chance.
            if (equals == 1 || random.Next(equals) == 0) best = target;
        }
        return best;
    }
}

/// <summary>The same target for the same header value, as long as it is there (rendezvous hashing, with weights).</summary>
sealed class ByHash(string header, Random random) : TargetChooser
{
    public override Target Choose(IReadOnlyList<Target> candidates, Exchange exchange)
    {
        var value = exchange.Http.Request.Headers[header].ToString();
        if (value.Length == 0) return candidates[random.Next(candidates.Count)];
        var best = candidates[0];
        var highest = double.MinValue;
        foreach (var target in candidates)
        {
            var score = -target.Weight / Math.Log(TextHash.ShareOf(value, target.Key));
            if (score <= highest) continue;
            highest = score;
            best = target;
        }
        return best;
    }
}

/// <summary>The group of the heaviest targets, in turn; lighter ones only when those are down.</summary>
sealed class ByPriority : TargetChooser
{
    readonly InTurn _turns = new();

    public override Target Choose(IReadOnlyList<Target> candidates, Exchange exchange)
    {
        var heaviest = candidates.Max(static target => target.Weight);
        return _turns.Choose([.. candidates.Where(target => target.Weight == heaviest)], exchange);
    }
}
