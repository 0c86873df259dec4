using Weir.Config;

namespace Weir.Gateway;

/// <summary>A plugin entity with its instance.</summary>
/// <param name="declared">The entity and its settings.</param>
/// <param name="prepared">The instance.</param>
/// <param name="house">What the instance was given.</param>
/// <param name="lease">What it keeps.</param>
/// <param name="since">The first configuration that has it.</param>
sealed class BuiltPlugin(DeclaredPlugin declared, PreparedPlugin prepared, AskedHouse house, Keep.Lease lease, long since) : SnapshotPart(since)
{
    public DeclaredPlugin Declared => declared;

    public PluginConfig Entity => declared.Entity;

    public PreparedPlugin Prepared { get; } = prepared;

    /// <summary>Whether the instance would be made the same way with these parts of the house.</summary>
    public bool FitsIn(HouseServices other) => house.IsAnsweredBy(other);

    public override void Dispose() => lease.Dispose();
}

/// <summary>Built plugins in the order of their ids.</summary>
readonly struct BuiltPluginOrder : ITreeOrder<BuiltPlugin, string>
{
    public static string KeyOf(BuiltPlugin item) => item.Entity.Id!;

    public static int Compare(string left, string right) => string.CompareOrdinal(left, right);
}
