using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Where a client asks, and what can be expected there.</summary>
/// <param name="Name">Name in test results.</param>
/// <param name="Path">What the client's base address has behind the server's.</param>
/// <param name="Model">Model asked for.</param>
sealed record SdkTarget(string Name, string Path, string Model)
{
    /// <summary>Which API, of a client that has several.</summary>
    public string Surface { get; init; } = "";

    /// <summary>Thoughts can be read in the answer.</summary>
    public bool ShowsThoughts { get; init; } = true;

    /// <summary>Scenarios that cannot work here.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    public Uri Address(MockServer mock) => new(mock.Address + Path);
}
