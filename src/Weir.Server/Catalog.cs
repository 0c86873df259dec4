using Weir.Gateway.Plugins;

namespace Weir.Server;

/// <summary>
/// Every plugin once, in the order a request meets them. It is the registry, the order of execution and the table of contents. The order is Kong's
/// where the plugin has a Kong namesake; a test pins it.
/// </summary>
static class Catalog
{
    public static IReadOnlyList<PluginKind> All { get; } =
    [
        PluginKind.Of<KeyAuth, KeyAuth.Config>(),
        PluginKind.Of<RateLimiting, RateLimiting.Config>(),
    ];
}
