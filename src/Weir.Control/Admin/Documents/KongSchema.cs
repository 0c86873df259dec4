using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>
/// The form of entities and settings as Kong describes its own: fields as a list of objects with one key each. Clients fill in defaults from it before
/// they compare, so that a default that is not told here would be a difference for ever.
/// </summary>
sealed class KongSchema(Profile profile)
{
    static readonly string[] EveryProtocol = ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp", "ws", "wss"];

    static readonly string[] ProtocolsOfPlugins = ["grpc", "grpcs", "http", "https", "ws", "wss"];

    /// <summary>What a partial of a type may be part of: the setting's name in plugins.</summary>
    static readonly (string Type, string Setting)[] PartialPlaces =
        [("redis-ce", "redis"), ("redis-ee", "redis"), ("vectordb", "vectordb"), ("embeddings", "embeddings")];

    public JsonObject Of(ControlKind kind)
    {
        var fields = new JsonArray();
        foreach (var field in Shape.Of(kind.Type).Order)
        {
            if (kind == ControlKinds.Consumers && field.Name == "groups") continue;
            fields.Add(new JsonObject { [field.Name] = OfEntity(kind, field) });
        }
        if (kind == ControlKinds.Certificates) fields.Add(new JsonObject { ["snis"] = SetOfText() });
        return new JsonObject { ["fields"] = fields, ["entity_checks"] = new JsonArray() };
    }

    public JsonObject OfPlugin(PluginKind plugin)
    {
        var shape = Shape.Of(plugin.ConfigType);
        var protocols = SetOf(Text(EveryProtocol));
        protocols["required"] = true;
        protocols["default"] = Words(ProtocolsOfPlugins);
        var fields = new JsonArray { new JsonObject { ["protocols"] = protocols } };
        foreach (var (name, scope, target) in Scopes)
        {
            var foreign = Foreign(target);
            // What a plugin cannot be attached to has to be null.
            if ((plugin.Scopes & scope) == 0) foreign["eq"] = null;
            fields.Add(new JsonObject { [name] = foreign });
        }
        var config = Record(shape);
        config["required"] = true;
        fields.Add(new JsonObject { ["config"] = config });
        var schema = new JsonObject { ["name"] = plugin.Name, ["fields"] = fields, ["entity_checks"] = new JsonArray() };
        var partials = new JsonObject();
        foreach (var (type, setting) in PartialPlaces)
            if (shape.Fields.TryGetValue(setting, out var field) && field.Shape.Kind == ShapeKind.Record)
                partials[type] = Words(["config." + setting]);
        if (partials.Count > 0) schema["supported_partials"] = partials;
        return schema;
    }

    /// <summary>The settings of a kind of vault; null when there is no such kind.</summary>
    public JsonObject? OfVault(string name) => VaultKinds.SettingsOf(name) is { } settings ? Settings(name, settings) : null;

    /// <summary>The settings in partials of a type; null when there is no such type.</summary>
    public JsonObject? OfPartial(string type, IEnumerable<PluginKind> plugins)
    {
        if (PartialPlaces.FirstOrDefault(place => place.Type == type).Setting is not { } setting) return null;
        foreach (var plugin in plugins)
            if (Shape.Of(plugin.ConfigType).Fields.TryGetValue(setting, out var field) && field.Shape.Kind == ShapeKind.Record)
                return Settings(type, field.Shape);
        return null;
    }

    static readonly (string Field, PluginScopes Scope, ControlKind Target)[] Scopes =
    [
        ("consumer_group", PluginScopes.ConsumerGroup, ControlKinds.ConsumerGroups), ("consumer", PluginScopes.Consumer, ControlKinds.Consumers),
        ("service", PluginScopes.Service, ControlKinds.Services), ("route", PluginScopes.Route, ControlKinds.Routes),
        ("model", PluginScopes.Model, ControlKinds.AiModels),
    ];

    JsonObject Settings(string name, Shape shape)
    {
        var config = Record(shape);
        config["required"] = true;
        return new JsonObject
        {
            ["name"] = name,
            ["fields"] = new JsonArray(new JsonObject { ["config"] = config }),
            ["entity_checks"] = new JsonArray(),
        };
    }

    JsonObject OfEntity(ControlKind kind, FieldShape field)
    {
        switch (field.Name)
        {
            case "id":
                return new JsonObject { ["type"] = "string", ["uuid"] = true, ["auto"] = true, ["required"] = true };
            case "created_at" or "updated_at":
                return new JsonObject { ["type"] = kind == ControlKinds.Targets ? "number" : "integer", ["timestamp"] = true, ["auto"] = true };
            case "config" when field.Shape.Kind == ShapeKind.Any:
                return new JsonObject { ["type"] = "record", ["abstract"] = true };
        }
        if (kind.References.FirstOrDefault(reference => reference.Field == field.Name) is { } key)
        {
            var foreign = Foreign(key.Target);
            if (key.IsRequired) foreign["required"] = true;
            if (key.OnDelete == OnDelete.Cascade) foreign["on_delete"] = "cascade";
            return foreign;
        }
        var schema = Field(field);
        // What a route leaves open is put in when it is stored.
        if (kind == ControlKinds.Routes && field.Name == "strip_path") schema["default"] = true;
        if (kind.Unique.Any(unique => unique.Fields is [var only] && only == field.Name)) schema["unique"] = true;
        return schema;
    }

    JsonObject Field(FieldShape field)
    {
        var schema = Value(field.Shape, field.Rules);
        var json = field.Default(profile);
        if (field.Required || (json is not null && !field.Nullable) || (field.Shape.Kind == ShapeKind.Record && json is not null)) schema["required"] = true;
        if (json is not null && !SaysTheFields(field.Shape, json)) schema["default"] = JsonNode.Parse(json);
        if (field.Description.Length > 0) schema["description"] = field.Description;
        return schema;
    }

    /// <summary>Whether a record's default is what the defaults of its own fields make.</summary>
    bool SaysTheFields(Shape shape, byte[] json)
    {
        if (shape.Kind != ShapeKind.Record || JsonNode.Parse(json) is not JsonObject record) return false;
        foreach (var field in shape.Order)
        {
            var own = field.Default(profile) is { } inner ? JsonNode.Parse(inner) : null;
            if (!JsonNode.DeepEquals(record[field.Name], own)) return false;
        }
        return true;
    }

    JsonObject Value(Shape shape, FieldRules rules)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Text:
                return Text(rules);
            case ShapeKind.Choice:
                return Text(rules.Allowed.Count > 0 ? rules.Allowed : shape.Choices);
            case ShapeKind.Integer or ShapeKind.Number:
                return Number(shape, rules);
            case ShapeKind.Boolean:
                return new JsonObject { ["type"] = "boolean" };
            case ShapeKind.List:
                return List(shape, rules);
            case ShapeKind.Map:
                return new JsonObject { ["type"] = "map", ["keys"] = new JsonObject { ["type"] = "string" }, ["values"] = Value(shape.Element!, rules) };
            case ShapeKind.Record when !shape.IsReference:
                return Record(shape);
            default:
                return new JsonObject { ["type"] = shape.IsReference ? "foreign" : "json" };
        }
    }

    JsonObject List(Shape shape, FieldRules rules)
    {
        var list = new JsonObject
        {
            ["type"] = rules.Set ? "set" : "array",
            ["elements"] = Value(shape.Element!, rules with { Set = false, LengthMin = null, LengthMax = null }),
        };
        if (rules.LengthMin is { } min) list["len_min"] = min;
        if (rules.LengthMax is { } max) list["len_max"] = max;
        return list;
    }

    JsonObject Record(Shape shape)
    {
        var fields = new JsonArray([.. shape.Order.Select(field => (JsonNode)new JsonObject { [field.Name] = Field(field) })]);
        var record = new JsonObject { ["type"] = "record", ["fields"] = fields };
        if (shape.Shorthands.Count > 0) record["shorthand_fields"] = new JsonArray([.. shape.Shorthands.Select(each => (JsonNode)Shorthand(shape, each))]);
        return record;
    }

    JsonObject Shorthand(Shape shape, (string Name, string[] Path) shorthand)
    {
        var (target, rules) = (shape, new FieldRules());
        foreach (var step in shorthand.Path)
            if (target.Fields.TryGetValue(step, out var field))
                (target, rules) = (field.Shape, field.Rules);
        var schema = Value(target, rules);
        schema["translate_backwards"] = Words(shorthand.Path);
        schema["deprecation"] = new JsonObject
        {
            ["message"] = $"{shorthand.Name} is deprecated, please use {string.Join('.', shorthand.Path)} instead",
            ["removal_in_version"] = "4.0",
            ["replaced_with"] = new JsonArray(new JsonObject { ["path"] = Words(shorthand.Path) }),
        };
        return new JsonObject { [shorthand.Name] = schema };
    }

    static JsonObject Text(FieldRules rules)
    {
        var schema = rules.Allowed.Count > 0 ? Text(rules.Allowed) : new JsonObject { ["type"] = "string" };
        if (rules.LengthMin is { } min) schema["len_min"] = min;
        if (rules.LengthMax is { } max) schema["len_max"] = max;
        if (rules.Secret || rules.Referenceable) schema["referenceable"] = true;
        if (rules.Secret) schema["encrypted"] = true;
        if (rules.Format == TextFormat.Uuid) schema["uuid"] = true;
        return schema;
    }

    static JsonObject Text(IReadOnlyList<string> words) => new() { ["type"] = "string", ["one_of"] = Words(words) };

    static JsonObject Number(Shape shape, FieldRules rules)
    {
        var schema = new JsonObject { ["type"] = shape.Kind == ShapeKind.Integer ? "integer" : "number" };
        if (rules.Range is { } range && range.Max < long.MaxValue) schema["between"] = new JsonArray(range.Min, range.Max);
        else if (rules.Range is { } open) schema["gt"] = open.Min - 1;
        if (rules.Allowed.Count > 0) schema["one_of"] = new JsonArray([.. rules.Allowed.Select(static word => JsonNode.Parse(word))]);
        return schema;
    }

    static JsonObject Foreign(ControlKind target) => new() { ["type"] = "foreign", ["reference"] = target.Name };

    static JsonObject SetOf(JsonObject elements) => new() { ["type"] = "set", ["elements"] = elements };

    static JsonObject SetOfText() => SetOf(new JsonObject { ["type"] = "string" });

    static JsonArray Words(IReadOnlyList<string> words) => new([.. words.Select(static word => (JsonNode)word)]);
}
