using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>Which routes have a plugin with the settings that it must have, for every caller.</summary>
sealed class RequiredPlugins
{
    readonly HashSet<Guid> _routes = [];
    readonly HashSet<Guid> _services = [];
    readonly bool _isGlobal;

    public RequiredPlugins(RequiredPlugin required, IEnumerable<Stored> plugins)
    {
        Text = required.Config is { } config ? $"'{required.Name}' with {config.GetRawText()}" : $"'{required.Name}'";
        foreach (var plugin in plugins)
        {
            if (plugin.Text("name") != required.Name || !Has(plugin, required.Config)) continue;
            // One for some callers leaves the others without.
            if (plugin.Reference("consumer") is not null || plugin.Reference("consumer_group") is not null || plugin.Reference("model") is not null) continue;
            var (route, service) = (plugin.Reference("route"), plugin.Reference("service"));
            if (route is { } of) _routes.Add(of);
            else if (service is { } all) _services.Add(all);
            else _isGlobal = true;
        }
    }

    /// <summary>The plugin as messages name it.</summary>
    public string Text { get; }

    public bool Cover(Stored route) => _isGlobal || _routes.Contains(route.Id) || (route.Reference("service") is { } service && _services.Contains(service));

    static bool Has(Stored plugin, JsonElement? required)
    {
        var entity = JsonNode.Parse(plugin.Json.Span)!;
        return entity["enabled"]?.GetValue<bool>() != false && (required is null || Holds(entity["config"], JsonNode.Parse(required.Value.GetRawText())));
    }

    /// <summary>Records have at least what is required; everything else is equal.</summary>
    static bool Holds(JsonNode? given, JsonNode? required) => (given, required) switch
    {
        (JsonObject has, JsonObject wants) => wants.All(field => has.ContainsKey(field.Key) && Holds(has[field.Key], field.Value)),
        _ => JsonNode.DeepEquals(given, required),
    };
}
