using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Control;

/// <summary>What the control plane works with.</summary>
/// <param name="Read">How entities are read: the plugins there are, the compatibility profile.</param>
/// <param name="Time">The clock.</param>
/// <param name="NewId">Ids of new entities.</param>
/// <param name="Log">What happens.</param>
sealed record ControlParts(ReadOptions Read, TimeProvider Time, Func<Guid> NewId, ILogger Log)
{
    /// <summary>The same, where secrets stay references: what is stored never holds what a vault holds.</summary>
    public ReadOptions Check { get; } = Read with { ResolveSecrets = false, Time = Time };

    /// <summary>When the state is written beside the journal.</summary>
    public SnapshotSettings Snapshots { get; init; } = SnapshotSettings.Default;
}
