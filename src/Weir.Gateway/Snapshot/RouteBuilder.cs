using Weir.Config;

namespace Weir.Gateway;

/// <summary>Makes the routes of a snapshot. Routes of disabled services do not exist.</summary>
static class RouteBuilder
{
    public static List<(RouteConfig Route, Route Payload)> Build(Document document, IReadOnlyDictionary<string, Service> services, PlanBuilder plans)
    {
        var unknown = document.Plugins.Where(plugin => plugin.Kind is null && plugin.Entity.Enabled).ToList();
        List<(RouteConfig, Route)> routes = new(document.Routes.Count);
        foreach (var config in document.Routes)
        {
            Service? service = null;
            if (config.Service is { } reference && !services.TryGetValue(reference.Id!, out service)) continue;
            routes.Add((config, new Route
            {
                Config = config,
                Entity = EntityRefs.Of(config),
                Service = service,
                Plan = plans.For(config.Id!, service?.Config.Id),
                StripPath = ProtocolRule.StripsPath(config),
                NeedsHttps = ProtocolRule.NeedsHttps(config),
                IsGrpc = ProtocolRule.IsGrpc(config),
                RedirectStatus = config.HttpsRedirectStatusCode,
                PreserveHost = config.PreserveHost,
                UnknownPlugins = NamesOf(unknown, config),
            }));
        }
        return routes;
    }

    static string? NamesOf(List<DeclaredPlugin> unknown, RouteConfig route)
    {
        if (unknown.Count == 0) return null;
        var names = unknown
            .Where(plugin => (plugin.Entity.Route?.Id ?? route.Id) == route.Id && (plugin.Entity.Service?.Id ?? route.Service?.Id) == route.Service?.Id)
            .Select(plugin => plugin.Entity.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? null : string.Join(", ", names);
    }
}
