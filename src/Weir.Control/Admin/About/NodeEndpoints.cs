using System.Globalization;
using System.Text.Json.Nodes;

namespace Weir.Control;

/// <summary>What this node is, what it can and how it is doing.</summary>
sealed class NodeEndpoints(ControlPlane plane, AdminNode node)
{
    static readonly (string Letter, string Suffix, double Bytes)[] Units = [("b", "", 1), ("k", "KiB", 1 << 10), ("m", "MiB", 1 << 20), ("g", "GiB", 1 << 30)];

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/", "node", [new Operation("GET", Need.SignedIn, "Says what this node is.", About)]);
        yield return new Endpoint("/kong", "node", [new Operation("GET", Need.SignedIn, "Says what this node is, inside a workspace.", About)]);
        yield return new Endpoint("/status", "node",
        [
            new Operation("GET", Need.SignedIn, "Says how this node is doing.", Status)
            {
                Query = [("unit", "Unit of memory: b, k, m or g; m when absent."), ("scale", "Digits after the point; 2 when absent.")],
            },
        ]);
        yield return new Endpoint("/plugins/enabled", "node", [new Operation("GET", Need.SignedIn, "Lists the plugins that there are.", Plugins)]);
        yield return new Endpoint("/cache", "node",
            [new Operation("DELETE", Need.SignedIn, "Empties caches: there is nothing that changes do not update.", Emptied) { Status = 204 }]);
        yield return new Endpoint("/cache/{key}", "node",
        [
            new Operation("GET", Need.SignedIn, "Shows nothing: entities are not looked up through a cache.", static _ => Task.FromResult(Reply.NotFound))
            {
                Status = 404,
            },
            new Operation("DELETE", Need.SignedIn, "Takes an entry out of the cache.", Emptied) { Status = 204 },
        ]);
    }

    static Task<Reply> Emptied(AdminCall call) => Task.FromResult(Reply.NoContent);

    Task<Reply> Plugins(AdminCall call) => Task.FromResult(Reply.Json(200, new JsonObject { ["enabled_plugins"] = Words(PluginNames()) }));

    Task<Reply> About(AdminCall call)
    {
        var available = new JsonObject();
        foreach (var name in PluginNames()) available[name] = new JsonObject { ["version"] = node.Version };
        var plugins = call.Rights.MayRead(ControlKinds.Plugins, call.Workspace) ? call.State.Table(call.Workspace, ControlKinds.Plugins).All : [];
        var used = plugins.Select(static plugin => plugin.Text("name") ?? "").Distinct();
        return Task.FromResult(Reply.Json(200, new JsonObject
        {
            ["tagline"] = "Welcome to kong",
            ["version"] = KongVersion.Of(plane.Parts.Read.Compat),
            ["edition"] = "community",
            ["hostname"] = node.Hostname,
            ["node_id"] = node.NodeId.ToString(),
            ["timers"] = new JsonObject { ["running"] = 0, ["pending"] = 0 },
            ["plugins"] = new JsonObject
            {
                ["available_on_server"] = available,
                ["enabled_in_cluster"] = Words(used.Order(StringComparer.Ordinal)),
                ["disabled_on_server"] = new JsonObject(),
            },
            ["configuration"] = new JsonObject
            {
                // Clients that see another database write nothing, or whole files only.
                ["database"] = "postgres",
                ["router_flavor"] = "traditional_compatible",
                ["role"] = "traditional",
                ["proxy_listen"] = Words(node.ProxyListen),
            },
            ["pids"] = new JsonObject { ["master"] = Environment.ProcessId, ["workers"] = new JsonArray() },
            ["weir"] = Weir(call),
        }));
    }

    JsonObject Weir(AdminCall call) => new()
    {
        ["version"] = node.Version,
        ["revision"] = call.State.Revision,
        ["hash"] = Convert.ToHexStringLower(call.State.Head.Hash.Span),
        ["applied_revision"] = node.AppliedRevision(),
    };

    Task<Reply> Status(AdminCall call)
    {
        var letter = call.Query("unit") ?? "m";
        var unit = Array.Find(Units, each => each.Letter.Equals(letter, StringComparison.OrdinalIgnoreCase));
        if (unit.Letter is null) return Task.FromResult(Reply.Message(400, $"invalid unit '{letter}', expected 'k/K', 'm/M', 'g/G' or 'b/B'"));
        if (!int.TryParse(call.Query("scale") ?? "2", NumberStyles.None, CultureInfo.InvariantCulture, out var scale) || scale > 15)
            return Task.FromResult(Reply.Message(400, "invalid scale: expected a number from 0 to 15"));
        var digits = "F" + scale.ToString(CultureInfo.InvariantCulture);
        var used = (Environment.WorkingSet / unit.Bytes).ToString(digits, CultureInfo.InvariantCulture);
        return Task.FromResult(Reply.Json(200, new JsonObject
        {
            ["memory"] = new JsonObject
            {
                ["workers_lua_vms"] = new JsonArray(),
                ["lua_shared_dicts"] = new JsonObject(),
                ["process"] = unit.Suffix.Length > 0 ? $"{used} {unit.Suffix}" : used,
            },
            ["server"] = node.Numbers(),
            ["database"] = new JsonObject { ["reachable"] = plane.Journal.IsReachable },
            ["configuration_hash"] = Convert.ToHexStringLower(call.State.Head.Hash.Span)[..32],
            ["weir"] = Weir(call),
        }));
    }

    IEnumerable<string> PluginNames() => plane.Parts.Read.Plugins.Keys.Order(StringComparer.Ordinal);

    static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(static word => (JsonNode)word)]);
}
