using Weir.Config;

namespace Weir.Gateway;

/// <summary>The plugins that stand at one place: a route, a service, both, or the whole workspace. Another object as soon as one of them is another.</summary>
sealed class PluginScope((string Route, string Service) at, IReadOnlyList<BuiltPlugin> plugins)
{
    public (string Route, string Service) At => at;

    public IReadOnlyList<BuiltPlugin> Plugins => plugins;

    /// <summary>Where a plugin stands; empty texts for no route and no service.</summary>
    public static (string Route, string Service) Of(PluginConfig entity) => (entity.Route?.Id ?? "", entity.Service?.Id ?? "");
}

/// <summary>Scopes in the order of their places.</summary>
readonly struct PluginScopeOrder : ITreeOrder<PluginScope, (string Route, string Service)>
{
    public static (string Route, string Service) KeyOf(PluginScope item) => item.At;

    public static int Compare((string Route, string Service) left, (string Route, string Service) right) =>
        string.CompareOrdinal(left.Route, right.Route) is var order and not 0 ? order : string.CompareOrdinal(left.Service, right.Service);
}
