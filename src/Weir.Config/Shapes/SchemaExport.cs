using System.Text.Json.Nodes;

namespace Weir.Config;

/// <summary>JSON Schema (draft 2020-12) of a whole document: every entity, nested or flat, and the settings of every plugin of a catalog.</summary>
static class SchemaExport
{
    const string Dialect = "https://json-schema.org/draft/2020-12/schema";
    const string Definitions = "#/$defs/";

    public static JsonNode Export(IReadOnlyDictionary<string, PluginKind> plugins)
    {
        var definitions = new JsonObject { ["reference"] = ReferenceSchema() };
        foreach (var kind in EntityKinds.All)
            definitions[kind.Singular] = Entity(kind);
        AddPlugins(definitions, plugins);
        var properties = Meta();
        foreach (var kind in EntityKinds.All)
            properties[kind.Plural] = ListOf(kind.Singular);
        properties[TopLevel.Memberships] = Memberships();
        return new JsonObject
        {
            ["$schema"] = Dialect,
            ["title"] = "Weir configuration",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
            ["$defs"] = definitions,
        };
    }

    static JsonObject Meta()
    {
        var defaults = new JsonObject();
        foreach (var kind in (EntityKind[])[EntityKinds.Services, EntityKinds.Routes, EntityKinds.Upstreams, EntityKinds.Targets])
            defaults[kind.Singular] = new JsonObject { ["type"] = "object" };
        return new JsonObject
        {
            ["_format_version"] = new JsonObject { ["const"] = "3.0", ["description"] = "Version of the file format." },
            ["_transform"] = new JsonObject { ["type"] = "boolean", ["description"] = "Accepted for compatibility." },
            ["_workspace"] = new JsonObject { ["type"] = "string", ["description"] = "Workspace the document belongs to." },
            ["_konnect"] = new JsonObject { ["type"] = "object", ["description"] = "Accepted for compatibility." },
            ["_comment"] = new JsonObject { ["description"] = "Anything; ignored." },
            ["_ignore"] = new JsonObject { ["description"] = "Anything; ignored." },
            ["_plugin_configs"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "Plugin settings by name, which plugins share with _config.",
                ["additionalProperties"] = new JsonObject { ["type"] = "object" },
            },
            ["_info"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["select_tags"] = new JsonObject
                    {
                        ["type"] = "array",
                        ["items"] = new JsonObject { ["type"] = "string" },
                        ["description"] = "Tags added to every entity.",
                    },
                    ["defaults"] = new JsonObject { ["type"] = "object", ["properties"] = defaults, ["additionalProperties"] = false },
                    ["default_lookup_tags"] = new JsonObject { ["type"] = "object", ["description"] = "Kinds of entities managed in other files." },
                },
            },
        };
    }

    static JsonObject Entity(EntityKind kind)
    {
        var schema = ShapeSchema.Record(Shape.Of(kind.Type));
        var properties = schema["properties"]!.AsObject();
        foreach (var (child, _) in EntityKinds.NestedIn(kind))
            properties[child.Plural] = ListOf(child.Singular);
        if (kind == EntityKinds.Services)
            AddUrl(schema, properties);
        if (kind == EntityKinds.ConsumerGroups)
            properties["consumers"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "object" } };
        properties["_comment"] = true;
        properties["_ignore"] = true;
        return schema;
    }

    static void AddUrl(JsonObject schema, JsonObject properties)
    {
        properties["url"] = new JsonObject { ["type"] = "string", ["description"] = "Shorthand for protocol, host, port and path." };
        schema.Remove("required");
        schema["anyOf"] = new JsonArray(
            new JsonObject { ["required"] = new JsonArray("host") },
            new JsonObject { ["required"] = new JsonArray("url") });
    }

    static void AddPlugins(JsonObject definitions, IReadOnlyDictionary<string, PluginKind> plugins)
    {
        var plugin = definitions[EntityKinds.Plugins.Singular]!.AsObject();
        var properties = plugin["properties"]!.AsObject();
        properties["_config"] = new JsonObject { ["type"] = "string", ["description"] = "Name of shared settings in _plugin_configs." };
        properties["name"]!.AsObject()["enum"] = new JsonArray([.. plugins.Keys.Order(StringComparer.Ordinal).Select(static name => JsonValue.Create(name))]);
        var choices = new JsonArray();
        foreach (var (name, kind) in plugins.OrderBy(static each => each.Key, StringComparer.Ordinal))
        {
            var config = ShapeSchema.Record(Shape.Of(kind.ConfigType));
            // _config and partials may supply what is required.
            config.Remove("required");
            config["description"] = kind.Summary;
            definitions["config." + name] = config;
            choices.Add((JsonNode)new JsonObject
            {
                ["if"] = new JsonObject { ["properties"] = new JsonObject { ["name"] = new JsonObject { ["const"] = name } } },
                ["then"] = new JsonObject
                {
                    ["properties"] = new JsonObject
                    {
                        ["config"] = new JsonObject
                        {
                            ["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = Definitions + "config." + name }, new JsonObject { ["type"] = "null" }),
                        },
                    },
                },
            });
        }
        if (choices.Count > 0)
            plugin["allOf"] = choices;
    }

    static JsonObject Memberships() => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["consumer"] = new JsonObject { ["$ref"] = Definitions + "reference" },
                ["consumer_group"] = new JsonObject { ["$ref"] = Definitions + "reference" },
            },
            ["required"] = new JsonArray("consumer", "consumer_group"),
        },
    };

    static JsonObject ReferenceSchema() => new()
    {
        ["description"] = "A reference to another entity: its id or name as text, or an object with id or name.",
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "string" },
            new JsonObject { ["type"] = "null" },
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["id"] = new JsonObject { ["type"] = "string" },
                    ["name"] = new JsonObject { ["type"] = "string" },
                    ["username"] = new JsonObject { ["type"] = "string" },
                    ["custom_id"] = new JsonObject { ["type"] = "string" },
                },
            }),
    };

    static JsonObject ListOf(string definition) => new()
    {
        ["type"] = new JsonArray("array", "null"),
        ["items"] = definition == EntityKinds.Snis.Singular
            ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = Definitions + definition }, new JsonObject { ["type"] = "string" }) }
            : new JsonObject { ["$ref"] = Definitions + definition },
    };
}
