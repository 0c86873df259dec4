namespace Weir.Acceptance;

/// <summary>Where a client asks, and what can be expected there.</summary>
/// <param name="Name">Name in test results.</param>
/// <param name="Path">What the client's base address has behind the server's.</param>
/// <param name="Model">Model asked for.</param>
sealed record SdkTarget(string Name, string Path, string Model)
{
    /// <summary>The provider that a gateway sends the call to; null to ask the mock itself.</summary>
    public SdkProvider? Provider { get; init; }

    /// <summary>Which API, of a client that has several.</summary>
    public string Surface { get; init; } = "";

    /// <summary>Thoughts can be read in the answer.</summary>
    public bool ShowsThoughts { get; init; } = true;

    /// <summary>Usage names the tokens of thoughts.</summary>
    public bool CountsThoughts { get; init; } = true;

    /// <summary>Of the prompt's tokens, streams bring an estimate.</summary>
    public bool EstimatesStreams { get; init; }

    /// <summary>Scenarios that do not work here.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>The same client with a gateway between it and a provider.</summary>
    public SdkTarget Through(SdkProvider provider) => this with { Name = $"{Name} through Weir to {provider.Name}", Provider = provider };
}
