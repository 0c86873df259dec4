namespace Weir.Config;

/// <summary>Rules between plugins, and between plugins and what they are attached to.</summary>
static class PluginChecks
{
    static readonly string[] PartialTypes = ["redis-ce", "redis-ee", "vectordb", "embeddings", "model"];

    public static void Check(Collector collected, Report report)
    {
        var scopes = new Dictionary<(string, string?, string?, string?, string?, string?), Row>();
        var instances = new Dictionary<string, Row>(StringComparer.Ordinal);
        var routes = collected.Parsed<RouteConfig>(EntityKinds.Routes).Select(static each => each.Entity).ToList();
        var routesById = routes.ToDictionary(static route => route.Id!, StringComparer.Ordinal);
        var routesOfService = routes.ToLookup(static route => route.Service?.Id ?? "");
        foreach (var (row, plugin) in collected.Parsed<PluginConfig>(EntityKinds.Plugins))
        {
            var scope = (plugin.Name, plugin.Service?.Id, plugin.Route?.Id, plugin.Consumer?.Id, plugin.ConsumerGroup?.Id, plugin.Model?.Id);
            if (!scopes.TryAdd(scope, row))
            {
                var first = scopes[scope];
                report.Error(row, "name", $"only one instance of a plugin may be attached to the same place: {first.Label} stands at {first.Node.Place}");
            }
            if (plugin.InstanceName is { } instance && !instances.TryAdd(instance, row))
                report.Error(row, "instance_name", $"must be unique, but {instances[instance].Label} at {instances[instance].Node.Place} has '{instance}' too");
            CheckProtocols(row, plugin, routesById, routesOfService, report);
        }
    }

    public static void CheckPartial(Row row, PartialConfig partial, Report report)
    {
        if (!PartialTypes.Contains(partial.Type))
            report.Error(row, "type", $"expected one of: {string.Join(", ", PartialTypes)}{Suggestion.For(partial.Type, PartialTypes)}");
    }

    static void CheckProtocols(
        Row row, PluginConfig plugin, Dictionary<string, RouteConfig> routesById, ILookup<string, RouteConfig> routesOfService, Report report)
    {
        if (plugin.Protocols is not { Count: > 0 } protocols)
            return;
        if (plugin.Route?.Id is { } routeId && routesById.TryGetValue(routeId, out var route) && !protocols.Any(route.Protocols.Contains))
            report.Error(row, "protocols", "must match the associated route's protocols");
        if (plugin.Service?.Id is { } serviceId && routesOfService.Contains(serviceId)
            && !routesOfService[serviceId].Any(each => protocols.Any(each.Protocols.Contains)))
            report.Error(row, "protocols", "must match the protocols of at least one route pointing to this Plugin's service");
    }
}
