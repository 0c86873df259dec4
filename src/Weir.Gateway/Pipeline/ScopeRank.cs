using Weir.Config;

namespace Weir.Gateway;

/// <summary>Kong's order of scopes, most specific first: of all instances of a plugin that apply to a request, the one with the lowest rank runs.</summary>
static class ScopeRank
{
    /// <summary>Rank of an instance that applies to nobody in particular.</summary>
    public const int None = int.MaxValue;

    public static int Of(PluginConfig plugin) =>
        (plugin.Consumer is not null, plugin.ConsumerGroup is not null, plugin.Route is not null, plugin.Service is not null) switch
        {
            (true, _, true, true) => 1,
            (_, true, true, true) => 2,
            (true, _, true, _) => 3,
            (true, _, _, true) => 4,
            (_, true, true, _) => 5,
            (_, true, _, true) => 6,
            (_, _, true, true) => 7,
            (true, _, _, _) => 8,
            (_, true, _, _) => 9,
            (_, _, true, _) => 10,
            (_, _, _, true) => 11,
            _ => 12,
        };
}
