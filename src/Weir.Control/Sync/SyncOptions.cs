namespace Weir.Control;

/// <summary>How the state is brought to what a file says.</summary>
sealed record SyncOptions
{
    /// <summary>Whether what the file does not have is deleted.</summary>
    public bool Deletes { get; init; } = true;

    /// <summary>Only entities with all of these tags are looked at; empty for all. The file's own select_tags count too.</summary>
    public IReadOnlyList<string> SelectTags { get; init; } = [];

    /// <summary>Consumers, their credentials, groups and plugins are left alone.</summary>
    public bool SkipsConsumers { get; init; }

    /// <summary>Certificate authorities are left alone.</summary>
    public bool SkipsCaCertificates { get; init; }
}
