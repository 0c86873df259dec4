using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Config;
using Weir.Control;

namespace Weir.Server.Tests;

/// <summary>
/// Speaks to the Admin API as decK does: fills in defaults from the schemas, puts every entity at its id, lists everything by pages and compares.
/// </summary>
sealed class DeckClient(AdminApi api)
{
    /// <summary>What decK's client types have no field for or leaves out of comparisons.</summary>
    static readonly string[] NotCompared = ["id", "created_at", "updated_at", "password", "partials", "tls_sans", "consumer_group_policy_overrides"];

    static readonly ControlKind[] Defaulted = [ControlKinds.Services, ControlKinds.Routes, ControlKinds.Upstreams, ControlKinds.Targets];

    readonly Dictionary<string, JsonObject> _schemas = [];

    /// <summary>Entities of a document with their kinds, defaults filled in, in the order in which they are put.</summary>
    public async Task<List<(ControlKind Kind, string Id, JsonObject Entity)>> WantedAsync(CheckedRows rows)
    {
        List<(ControlKind, string, JsonObject)> wanted = [];
        foreach (var kind in ControlKinds.All.Where(static kind => kind.Config is not null))
            foreach (var row in rows.Rows[kind.Config!].Where(static row => !row.LeftOut))
            {
                var entity = JsonNode.Parse(NodeJson.Bytes(row.Node))!.AsObject();
                entity["id"] = row.Id;
                entity.Remove("groups");
                foreach (var reference in kind.References)
                    if (entity[reference.Field] is JsonObject target) entity[reference.Field] = new JsonObject { ["id"] = target["id"]!.GetValue<string>() };
                if (Defaulted.Contains(kind)) FillEntity(entity, (await SchemaAsync("/schemas/" + kind.Name))["fields"]!.AsArray());
                if (kind == ControlKinds.Plugins) await FillPluginAsync(entity);
                wanted.Add((kind, row.Id, entity));
            }
        return wanted;
    }

    /// <summary>Puts an entity as decK does.</summary>
    public async Task<(int Status, string Text)> PutAsync(ControlKind kind, string id, JsonObject entity)
    {
        if (kind == ControlKinds.Targets)
        {
            var list = $"/upstreams/{entity["upstream"]!["id"]}/targets";
            var put = await SendAsync("PUT", $"{list}/{id}", entity.ToJsonString());
            return put.Status == 404 ? await SendAsync("POST", list, entity.ToJsonString()) : put;
        }
        var inConsumer = kind.References is [{ Field: "consumer", Segment: var segment }] && kind.Path != "virtual_keys" ? segment : "";
        var path = inConsumer.Length > 0 ? $"/consumers/{entity["consumer"]!["id"]}/{inConsumer}/{id}" : $"/{kind.Path}/{id}";
        return await SendAsync("PUT", path, entity.ToJsonString());
    }

    /// <summary>Everything of a kind, page by page.</summary>
    public async Task<Dictionary<string, JsonObject>> ListAsync(ControlKind kind)
    {
        if (kind != ControlKinds.Targets) return await PagesAsync($"/{kind.Path}");
        Dictionary<string, JsonObject> all = [];
        foreach (var upstream in (await ListAsync(ControlKinds.Upstreams)).Keys)
            foreach (var (id, target) in await PagesAsync($"/upstreams/{upstream}/targets")) all[id] = target;
        return all;
    }

    /// <summary>In which field two entities are different for decK; null for none. What is null is absent.</summary>
    public static string? Difference(JsonNode? wanted, JsonNode? current, string path = "", bool isWhole = true)
    {
        if (wanted is JsonObject one && current is JsonObject other)
        {
            foreach (var name in one.Select(static field => field.Key).Union(other.Select(static field => field.Key)))
            {
                if (path.Length == 0 && (NotCompared.Contains(name) || (!isWhole && !one.ContainsKey(name)))) continue;
                if (Difference(one[name], other[name], $"{path}.{name}") is { } found) return found;
            }
            return null;
        }
        if (wanted is JsonArray list && current is JsonArray others && list.Count == others.Count)
        {
            for (var i = 0; i < list.Count; i++)
                if (Difference(list[i], others[i], $"{path}[{i}]") is { } found) return found;
            return null;
        }
        // A record of nothing and no record are the same after a trip through its types.
        if (IsNothing(wanted) && IsNothing(current)) return null;
        if (JsonNode.DeepEquals(wanted, current)) return null;
        return $"{path}: {wanted?.ToJsonString() ?? "null"} is wanted, {current?.ToJsonString() ?? "null"} is there";
    }

    static bool IsNothing(JsonNode? node) =>
        node is null or JsonObject { Count: 0 } || (node is JsonObject record && record.All(static field => IsNothing(field.Value)));

    public async Task<(int Status, string Text)> SendAsync(string method, string path, string? body = null)
    {
        var context = new DefaultHttpContext();
        var parts = path.Split('?', 2);
        context.Request.Method = method;
        context.Request.Path = parts[0];
        context.Request.QueryString = new QueryString(parts.Length > 1 ? "?" + parts[1] : "");
        if (body is not null)
        {
            context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
            context.Request.ContentType = "application/json";
        }
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await api.HandleAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }

    async Task<Dictionary<string, JsonObject>> PagesAsync(string path)
    {
        Dictionary<string, JsonObject> all = [];
        for (var query = "?size=1000"; query is not null;)
        {
            var (status, text) = await SendAsync("GET", path + query);
            Assert.Equal(200, status);
            var page = JsonNode.Parse(text)!;
            foreach (var entity in page["data"]!.AsArray()) all[entity!["id"]!.GetValue<string>()] = entity.AsObject();
            query = page["offset"] is { } offset ? $"?size=1000&offset={offset}" : null;
        }
        return all;
    }

    async Task<JsonObject> SchemaAsync(string path)
    {
        if (_schemas.TryGetValue(path, out var known)) return known;
        var (status, text) = await SendAsync("GET", path);
        Assert.True(status == 200, path);
        return _schemas[path] = JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>Whatever an entity leaves open gets its default.</summary>
    static void FillEntity(JsonObject entity, JsonArray fields)
    {
        foreach (var (name, field) in fields.SelectMany(static field => field!.AsObject()))
        {
            if (field!["type"]!.GetValue<string>() == "record" && field["fields"] is JsonArray inner)
            {
                // Its types have records in place; what was never set stays out of what is sent.
                var record = entity[name] as JsonObject ?? [];
                FillEntity(record, inner);
                if (entity[name] is null && record.Any(static each => each.Value is not null)) entity[name] = record;
            }
            else if (entity[name] is null && field["default"] is { } value)
            {
                entity[name] = value.DeepClone();
            }
        }
    }

    async Task FillPluginAsync(JsonObject plugin)
    {
        var schema = await SchemaAsync("/schemas/plugins/" + plugin["name"]!.GetValue<string>());
        var fields = schema["fields"]!.AsArray().SelectMany(static field => field!.AsObject())
            .ToDictionary(static field => field.Key, static field => field.Value!);
        var config = plugin["config"] as JsonObject ?? [];
        FillConfig(config, fields["config"].AsObject(), []);
        plugin["config"] = config.DeepClone();
        plugin["protocols"] ??= fields["protocols"]["default"]!.DeepClone();
        plugin["enabled"] ??= true;
    }

    static void FillConfig(JsonObject config, JsonObject schema, List<string[]> shorthands)
    {
        List<string[]> replaced = [.. shorthands];
        foreach (var (name, shorthand) in (schema["shorthand_fields"] as JsonArray ?? []).SelectMany(static field => field!.AsObject()))
            if (config.ContainsKey(name))
                replaced.AddRange(shorthand!["deprecation"]!["replaced_with"]!.AsArray()
                    .Select(static with => with!["path"]!.AsArray().Select(static step => step!.GetValue<string>()).ToArray()));
        foreach (var (name, field) in schema["fields"]!.AsArray().SelectMany(static field => field!.AsObject()))
        {
            var type = field!["type"]!.GetValue<string>();
            var inside = replaced.Where(path => path.Length > 1 && path[0] == name).Select(static path => path[1..]).ToList();
            if (type == "record" && (config[name] is JsonObject || (config[name] is null && field["required"]?.GetValue<bool>() == true)))
            {
                var inner = config[name] as JsonObject ?? [];
                FillConfig(inner, field.AsObject(), inside);
                config[name] = inner.DeepClone();
                continue;
            }
            if (config[name] is JsonArray list && field["elements"]?["type"]?.GetValue<string>() == "record")
                foreach (var item in list.OfType<JsonObject>()) FillConfig(item, field["elements"]!.AsObject(), []);
            // What stands under its old name is not set under the new one.
            if (config.ContainsKey(name) || replaced.Any(path => path.Length == 1 && path[0] == name)) continue;
            config[name] = field["default"]?.DeepClone();
        }
    }
}
