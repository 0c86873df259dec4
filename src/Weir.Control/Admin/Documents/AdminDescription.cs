using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Control;

/// <summary>The OpenAPI document (3.1) of the Admin API, written from the table that routes its requests.</summary>
static class AdminDescription
{
    static readonly string[] Paged = ["data", "next", "offset"];

    public static JsonObject Of(IReadOnlyList<Endpoint> endpoints, string version)
    {
        var paths = new JsonObject();
        foreach (var endpoint in endpoints.OrderBy(static endpoint => endpoint.Template, StringComparer.Ordinal)) paths[endpoint.Template] = Path(endpoint);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Weir Admin API",
                ["version"] = version,
                ["description"] = "Kong's Admin API and what goes beyond it. Every path may start with the name of a workspace.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. endpoints.Select(static endpoint => endpoint.Group).Distinct().Order(StringComparer.Ordinal)
                .Select(static group => (JsonNode)new JsonObject { ["name"] = group })]),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = Schemas() },
        };
    }

    static JsonObject Path(Endpoint endpoint)
    {
        var path = new JsonObject();
        var names = endpoint.Template.Split('/').Where(static part => part.StartsWith('{')).Select(static part => part[1..^1]).ToList();
        if (names.Count > 0)
            path["parameters"] = new JsonArray([.. names.Select(static name => (JsonNode)new JsonObject
            {
                ["name"] = name,
                ["in"] = "path",
                ["required"] = true,
                ["schema"] = new JsonObject { ["type"] = "string" },
            })]);
        foreach (var operation in endpoint.Operations) path[operation.Method.ToLowerInvariant()] = Of(endpoint, operation);
        return path;
    }

    static JsonObject Of(Endpoint endpoint, Operation operation)
    {
        var described = new JsonObject
        {
            ["operationId"] = IdOf(endpoint, operation),
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(endpoint.Group),
        };
        if (operation.Query.Count > 0)
            described["parameters"] = new JsonArray([.. operation.Query.Select(static parameter => (JsonNode)new JsonObject
            {
                ["name"] = parameter.Name,
                ["in"] = "query",
                ["description"] = parameter.Meaning,
                ["schema"] = new JsonObject { ["type"] = "string" },
            })]);
        if (operation.HasBody)
            described["requestBody"] = new JsonObject
            {
                ["description"] = $"At most {operation.BodyBytesMax} bytes.",
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = SchemaOf(operation, isAnswer: false) } },
            };
        described["responses"] = Responses(operation);
        return described;
    }

    static string IdOf(Endpoint endpoint, Operation operation)
    {
        var parts = endpoint.Template.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(static part => part.StartsWith('{') ? "by_" + part[1..^1] : part);
        return $"{operation.Method.ToLowerInvariant()}_{string.Join('_', parts)}".Replace('-', '_').Replace('.', '_').TrimEnd('_');
    }

    static JsonObject Responses(Operation operation)
    {
        var good = new JsonObject { ["description"] = operation.Status == 204 ? "Done." : "The answer." };
        if (operation.Status is not 204)
            good["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = SchemaOf(operation, isAnswer: true) } };
        return new JsonObject
        {
            [operation.Status.ToString(CultureInfo.InvariantCulture)] = good,
            ["default"] = new JsonObject
            {
                ["description"] = "Why it is refused.",
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Reference("error") } },
            },
        };
    }

    static JsonNode SchemaOf(Operation operation, bool isAnswer)
    {
        if (operation.Kind is not { } kind)
        {
            var isRecord = isAnswer || operation.BodyBytesMax == Operation.EntityBytesMax;
            return new JsonObject { ["type"] = isRecord ? "object" : new JsonArray("object", "array", "string") };
        }
        if (!operation.IsList || !isAnswer) return Reference(kind.Name);
        var page = new JsonObject
        {
            ["data"] = new JsonObject { ["type"] = "array", ["items"] = Reference(kind.Name) },
            ["next"] = new JsonObject { ["type"] = new JsonArray("string", "null") },
            ["offset"] = new JsonObject { ["type"] = "string" },
        };
        return new JsonObject { ["type"] = "object", ["properties"] = page, ["required"] = new JsonArray(Paged[0], Paged[1]) };
    }

    static JsonObject Schemas()
    {
        var schemas = new JsonObject
        {
            ["reference"] = new JsonObject
            {
                ["type"] = new JsonArray("object", "null"),
                ["properties"] = new JsonObject { ["id"] = new JsonObject { ["type"] = "string", ["format"] = "uuid" } },
            },
            ["error"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("message"),
                ["properties"] = new JsonObject
                {
                    ["message"] = new JsonObject { ["type"] = "string" },
                    ["code"] = new JsonObject { ["type"] = "integer" },
                    ["name"] = new JsonObject { ["type"] = "string" },
                    ["fields"] = new JsonObject { ["type"] = "object" },
                },
            },
        };
        foreach (var kind in ControlKinds.All) schemas[kind.Name] = Entity(kind);
        return schemas;
    }

    static JsonObject Entity(ControlKind kind)
    {
        var schema = ShapeSchema.Record(Shape.Of(kind.Type));
        // Shorthands such as a service's url stand beside the fields.
        schema.Remove("additionalProperties");
        schema.Remove("required");
        Redirect(schema);
        return schema;
    }

    /// <summary>References of the schema of files point into that document; here they stand among the components.</summary>
    static void Redirect(JsonNode? node)
    {
        if (node is JsonArray list)
            foreach (var item in list) Redirect(item);
        if (node is not JsonObject record) return;
        if (record["$ref"] is JsonValue target && target.GetValue<string>().StartsWith("#/$defs/", StringComparison.Ordinal))
            record["$ref"] = target.GetValue<string>().Replace("#/$defs/", "#/components/schemas/", StringComparison.Ordinal);
        foreach (var (_, inner) in record) Redirect(inner);
    }

    static JsonObject Reference(string name) => new() { ["$ref"] = "#/components/schemas/" + name };
}
