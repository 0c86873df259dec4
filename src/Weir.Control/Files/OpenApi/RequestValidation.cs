using System.Net.Http.Headers;
using Weir.Config;

namespace Weir.Control;

/// <summary>The config of request-validator, filled in from the parameters and the body of an operation where it does not say them.</summary>
sealed class RequestValidation(OpenApiDocument document, KongNames names)
{
    readonly JsonSchemas _schemas = new(document);

    /// <summary>The plugin; null when there would be nothing to validate.</summary>
    public MapNode? Fill(MapNode plugin, MapNode path, MapNode operation)
    {
        var config = plugin.Find("config") as MapNode ?? Tree.Map();
        var content = document.Follow(operation.Find("requestBody"))?.Find("content") as MapNode;
        if (config.Find("parameter_schema").IsNull() && Parameters(path, operation) is { Items.Count: > 0 } parameters)
            config = Versioned(config).With("parameter_schema", parameters);
        if (config.Find("body_schema").IsNull())
        {
            var body = content?.Entries.Where(static entry => IsJson(entry.Key)).Select(entry => _schemas.Text((entry.Value as MapNode)?.Find("schema")))
                .FirstOrDefault(static schema => schema is not null);
            if (body is null && config.Find("parameter_schema").IsNull())
            {
                if (config.Find("allowed_content_types").IsNull()) return null;
                // A schema that everything fits: the plugin looks at content types only where there is one.
                body = "{}";
            }
            if (body is not null) config = Versioned(config).With("body_schema", Tree.Text(body));
        }
        if (config.Find("allowed_content_types").IsNull() && content is { Entries.Count: > 0 })
            config = config.With("allowed_content_types", Tree.Texts(content.Entries.Select(static entry => entry.Key).Order(StringComparer.Ordinal)));
        return plugin.With("config", config);
    }

    static MapNode Versioned(MapNode config) => config.With("version", Tree.Text("draft4"));

    ListNode Parameters(MapNode path, MapNode operation) => Tree.List(document.Parameters(path, operation)
        // The plugin knows no cookies.
        .Where(static parameter => parameter.FindText("in") is "path" or "query" or "header")
        .Select(Parameter));

    MapNode Parameter(MapNode parameter)
    {
        var (name, where) = (parameter.FindText("name") ?? "", parameter.FindText("in")!);
        var style = parameter.FindText("style") ?? (where == "query" ? "form" : "simple");
        return Tree.Map(
            ("explode", parameter.Find("explode") ?? Tree.Flag(style == "form")),
            ("in", Tree.Text(where)),
            ("name", Tree.Text(where == "path" ? names.Capture(name) : name)),
            ("required", parameter.Find("required") ?? Tree.Flag(false)),
            ("schema", _schemas.Text(parameter.Find("schema")) is { } schema ? Tree.Text(schema) : null),
            ("style", Tree.Text(style)));
    }

    static bool IsJson(string contentType) => MediaTypeHeaderValue.TryParse(contentType, out var parsed)
        && (string.Equals(parsed.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            || parsed.MediaType!.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
}
