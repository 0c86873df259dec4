namespace Weir.Control;

/// <summary>What of a workspace is dumped, and in which form.</summary>
sealed record DumpOptions
{
    /// <summary>Whether every entity says its id. Without, only those do that nothing else names.</summary>
    public bool WithIds { get; init; }

    /// <summary>Whether fields that have their default are left out.</summary>
    public bool SkipsDefaults { get; init; }

    /// <summary>Only entities with all of these tags; empty for all. The file says so, and its entities do not repeat them.</summary>
    public IReadOnlyList<string> SelectTags { get; init; } = [];

    /// <summary>Consumers, their credentials, groups and plugins are left out.</summary>
    public bool SkipsConsumers { get; init; }

    /// <summary>Certificate authorities are left out.</summary>
    public bool SkipsCaCertificates { get; init; }

    /// <summary>The salt of hashes that stand in the place of everything that tells of the owner; null to leave it as it is.</summary>
    public string? Sanitizes { get; init; }
}
