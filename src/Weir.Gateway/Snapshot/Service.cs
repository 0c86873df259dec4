using Weir.Config;

namespace Weir.Gateway;

/// <summary>A service as the request path reads it.</summary>
sealed class Service
{
    public required ServiceConfig Config { get; init; }
    public required EntityRef Entity { get; init; }
    public string? Path => Config.Path;
}
