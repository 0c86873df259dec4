using Weir.Config;

namespace Weir.Gateway;

/// <summary>One target of a balancer and what its name resolves to. Changed only under the balancer's lock.</summary>
sealed class BalancedTarget(TargetName name, int weight, bool failover)
{
    public TargetName Name { get; } = name;

    public int Weight { get; } = weight;

    public bool Failover { get; } = failover;

    /// <summary>Its addresses; empty until resolved and while the name does not resolve.</summary>
    public WeightedPeer[] Peers { get; set; } = [];

    /// <summary>Why there are no addresses, or null.</summary>
    public string? Fault { get; set; }

    /// <summary>When to resolve again.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>True while a resolution is under way.</summary>
    public bool IsResolving { get; set; }

    /// <summary>The only target of a service whose host is not an upstream.</summary>
    public static BalancedTarget OfHost(string host, int port) => new(new TargetName(host.Trim('[', ']'), port), 100, false);

    /// <summary>Reads a configured target.</summary>
    public static BalancedTarget Of(TargetConfig config) =>
        TargetName.TryParse(config.Target, out var name)
            ? new BalancedTarget(name, config.Weight, config.Failover)
            : throw new ArgumentException($"'{config.Target}' is not a target: the document's checks let it through.", nameof(config));
}
