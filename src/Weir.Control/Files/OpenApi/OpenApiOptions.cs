namespace Weir.Control;

/// <summary>How an OpenAPI document becomes services and routes.</summary>
sealed record OpenApiOptions
{
    /// <summary>Tags of every entity; null to take <c>x-kong-tags</c> of the document.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>What names and ids are made from; null to take <c>x-kong-name</c> or the title.</summary>
    public string? DocumentName { get; init; }

    /// <summary>Names as Insomnia's inso makes them, and no ids.</summary>
    public bool InsoCompatible { get; init; }

    /// <summary>No ids.</summary>
    public bool NoId { get; init; }

    /// <summary>Security requirements of type openIdConnect become openid-connect plugins.</summary>
    public bool GenerateSecurity { get; init; }

    /// <summary>Security requirements that cannot be expressed are passed over.</summary>
    public bool IgnoreSecurityErrors { get; init; }

    /// <summary>Headers that are required and have an enum make no routes of their own.</summary>
    public bool SkipRouteByHeader { get; init; }

    /// <summary>Headers that have an enum make routes whether they are required or not.</summary>
    public bool AllHeaders { get; init; }

    /// <summary>Paths and operations with the same servers and defaults share one service.</summary>
    public bool ReuseServices { get; init; }
}
