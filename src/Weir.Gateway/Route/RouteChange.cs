using Weir.Config;

namespace Weir.Gateway;

/// <summary>What became of a route. When both configurations are the same object only the payload is another.</summary>
/// <param name="Before">The route as the table has it; null for a new one.</param>
/// <param name="PayloadBefore">Its payload.</param>
/// <param name="After">The route as it is now; null when it is gone.</param>
/// <param name="Payload">What the table is to give with it.</param>
readonly record struct RouteChange<T>(RouteConfig? Before, T? PayloadBefore, RouteConfig? After, T? Payload)
    where T : class;
