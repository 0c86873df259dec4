using Weir.Config;

namespace Weir.Gateway;

/// <summary>A route as the request path reads it: everything decided when the snapshot was built.</summary>
sealed class Route
{
    public required RouteConfig Config { get; init; }
    public required EntityRef Entity { get; init; }
    public required Service? Service { get; init; }
    public required RoutePlan Plan { get; init; }
    public required bool StripPath { get; init; }

    /// <summary>Serves encrypted requests only; others are refused or redirected after the match.</summary>
    public required bool NeedsHttps { get; init; }

    /// <summary>Serves gRPC only.</summary>
    public required bool IsGrpc { get; init; }

    public required int RedirectStatus { get; init; }
    public required bool PreserveHost { get; init; }

    /// <summary>Names of configured plugins that this gateway does not have, for the response header that says so; null for none.</summary>
    public required string? UnknownPlugins { get; init; }

    /// <summary>The route's metrics; found when the route serves its first request.</summary>
    public RouteSeries? Series { get; set; }
}
