using System.Text.Json.Nodes;

namespace Weir.Config;

/// <summary>JSON Schema of shapes.</summary>
static class ShapeSchema
{
    public static JsonObject Record(Shape shape)
    {
        var properties = new JsonObject();
        foreach (var field in shape.Order)
            properties[field.Name] = Field(field);
        foreach (var (name, path) in shape.Shorthands)
            properties.TryAdd(name, new JsonObject { ["deprecated"] = true, ["description"] = $"Use {string.Join('.', path)}." });
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        var required = shape.Order.Where(static field => field.Required).Select(static field => (JsonNode)field.Name).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        return schema;
    }

    static JsonObject Field(FieldShape field)
    {
        var schema = Value(field.Shape, field.Rules);
        // A null counts as absent, wherever absence is allowed.
        if (!field.Required && schema["type"] is JsonValue type)
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
        if (!field.Required && schema["enum"] is JsonArray choices)
            choices.Add((JsonNode?)null);
        if (field.Description.Length > 0)
            schema["description"] = field.Description;
        if (field.Default(Profile.V3_9) is { } json)
            schema["default"] = JsonNode.Parse(json);
        return schema;
    }

    static JsonObject Value(Shape shape, FieldRules rules)
    {
        var schema = shape.Kind switch
        {
            ShapeKind.Text => Text(rules),
            ShapeKind.Integer => Number("integer", rules.Range ?? (shape.Integers.Min == long.MinValue ? null : (shape.Integers.Min, shape.Integers.Max))),
            ShapeKind.Number => Number("number", rules.Range),
            ShapeKind.Boolean => new JsonObject { ["type"] = "boolean" },
            ShapeKind.Choice => new JsonObject { ["enum"] = Words(shape.Choices) },
            ShapeKind.List => new JsonObject { ["type"] = "array", ["items"] = Value(shape.Element!, OfElements(rules)) },
            ShapeKind.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(shape.Element!, rules) },
            ShapeKind.Record when shape.IsReference => new JsonObject { ["$ref"] = "#/$defs/reference" },
            ShapeKind.Record => Record(shape),
            _ => [],
        };
        if (shape.Kind == ShapeKind.List && rules.LengthMin is { } min)
            schema["minItems"] = min;
        if (shape.Kind == ShapeKind.List && rules.LengthMax is { } max)
            schema["maxItems"] = max;
        if (rules.Allowed.Count > 0 && shape.Kind is ShapeKind.Text or ShapeKind.Choice)
            schema["enum"] = Words(rules.Allowed);
        else if (rules.Allowed.Count > 0 && shape.Kind == ShapeKind.Integer)
            schema["enum"] = new JsonArray([.. rules.Allowed.Select(static word => JsonNode.Parse(word))]);
        return schema;
    }

    static FieldRules OfElements(FieldRules rules) => rules with { LengthMin = null, LengthMax = null };

    static JsonObject Text(FieldRules rules)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (rules.LengthMin is { } min)
            schema["minLength"] = min;
        if (rules.LengthMax is { } max)
            schema["maxLength"] = max;
        // A reference to a vault has none of these forms.
        if (rules.Secret || rules.Referenceable)
            return schema;
        switch (rules.Format)
        {
            case TextFormat.Uuid:
                schema["pattern"] = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
                break;
            case TextFormat.Url:
                schema["format"] = "uri";
                break;
            case TextFormat.Regex:
                schema["format"] = "regex";
                break;
            case TextFormat.Method:
                schema["pattern"] = "^[A-Z]+$";
                break;
            case TextFormat.Path:
                schema["pattern"] = "^/";
                break;
            case TextFormat.RouterPath:
                schema["pattern"] = "^~?/";
                break;
            case TextFormat.HeaderName:
                schema["pattern"] = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
                break;
        }
        return schema;
    }

    static JsonObject Number(string type, (double Min, double Max)? range)
    {
        var schema = new JsonObject { ["type"] = type };
        if (range is { } bounds)
        {
            schema["minimum"] = bounds.Min;
            if (bounds.Max < long.MaxValue)
                schema["maximum"] = bounds.Max;
        }
        return schema;
    }

    static JsonArray Words(IEnumerable<string> words) => [.. words.Select(static word => JsonValue.Create(word))];
}
