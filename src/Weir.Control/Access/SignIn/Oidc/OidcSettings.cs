namespace Weir.Control;

/// <summary>The OpenID provider whose tokens count at the Admin API.</summary>
sealed record OidcSettings
{
    /// <summary>Its address, exactly as its tokens have it.</summary>
    public required string Issuer { get; init; }

    /// <summary>Whom a token must be for.</summary>
    public required string Audience { get; init; }

    /// <summary>What the command line is called at the provider; empty for the audience.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The claim with a name for people to read.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>The claim with the groups.</summary>
    public string GroupsClaim { get; init; } = "groups";
}

/// <summary>What a token says of who shows it.</summary>
/// <param name="Subject">The provider's own name for them, which never changes.</param>
/// <param name="Name">A name for people to read.</param>
/// <param name="Groups">Groups they are in.</param>
sealed record OidcIdentity(string Subject, string Name, IReadOnlyList<string> Groups);
