using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>What balancing needs of the house.</summary>
sealed class BalancingContext
{
    public required IResolver Resolver { get; init; }

    public required TimeProvider Time { get; init; }

    public required IProbe Probe { get; init; }

    /// <summary>Randomness; safe for concurrent use.</summary>
    public required Random Random { get; init; }

    public required ILogger Log { get; init; }

    /// <summary>Told of every address that goes up or down. Must not block or throw.</summary>
    public Action<HealthChange>? OnHealthChange { get; init; }
}
