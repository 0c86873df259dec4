using Microsoft.Extensions.Logging.Abstractions;
using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>An upstream under test: manual time, scripted DNS, seeded randomness.</summary>
sealed class BalancerFixture : IDisposable
{
    public BalancerFixture(int seed = 1)
    {
        Resolver = new ScriptedResolver(Time);
        Context = new BalancingContext
        {
            Resolver = Resolver,
            Time = Time,
            Probe = Probe,
            Random = new Random(seed),
            Log = NullLogger.Instance,
            OnHealthChange = Changes.Add,
        };
        State = new UpstreamState(Context);
    }

    public ManualTime Time { get; } = new();

    public ScriptedResolver Resolver { get; }

    public BalancingContext Context { get; }

    public ScriptedProbe Probe { get; } = new();

    public UpstreamState State { get; }

    public List<HealthChange> Changes { get; } = [];

    public UpstreamConfig Upstream { get; set; } = new() { Name = "u" };

    public static TargetConfig Target(string target, int weight = 100, bool failover = false) =>
        new() { Target = target, Weight = weight, Failover = failover };

    /// <summary>A balancer in force with these targets: "10.0.0.1:80" or "10.0.0.1:80=30" with a weight.</summary>
    public Balancer Load(params string[] targets) => Load([.. targets.Select(text => text.Split('=') is [var name, var weight]
        ? Target(name, int.Parse(weight)) : Target(text))]);

    public Balancer Load(params TargetConfig[] targets)
    {
        var balancer = State.Update(Upstream, targets);
        balancer.Activate();
        return balancer;
    }

    /// <summary>Picks and releases many times; how often each target was picked.</summary>
    public static Dictionary<string, int> Share(Balancer balancer, int picks, Func<int, ulong?>? key = null)
    {
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < picks; i++)
        {
            var peer = Pick(balancer, key?.Invoke(i));
            counts[peer.Address.ToString()] = counts.GetValueOrDefault(peer.Address.ToString()) + 1;
        }
        return counts;
    }

    /// <summary>Picks and releases once.</summary>
    public static Peer Pick(Balancer balancer, ulong? key = null, params Peer[] tried)
    {
        Assert.True(balancer.TryPick(new PickInput(key, tried), out var peer));
        balancer.Release(peer);
        return peer;
    }

    public static bool HasPeer(Balancer balancer)
    {
        if (!balancer.TryPick(default, out var peer)) return false;
        balancer.Release(peer);
        return true;
    }

    public void Dispose() => State.Dispose();
}
