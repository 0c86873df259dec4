using System.Text.Json;

namespace Weir.Ai;

/// <summary>The settings of a request that answers repeat: tools, the choice among them, the form of the text.</summary>
sealed class ResponsesSettings(Utf8JsonWriter json, ChatRequest request, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.OpenAiResponses;

    public void WriteTools()
    {
        if (request.Tools.Count == 0) return;
        json.WriteStartArray("tools"u8);
        foreach (var tool in request.Tools)
        {
            if (tool.Opaque.IsEmpty) WriteFunction(tool);
            else if (_isOwn) tool.Opaque.WriteTo(json);
            else losses.Add($"tools.{tool.Name}");
        }
        json.WriteEndArray();
    }

    void WriteFunction(ToolDefinition tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteText("name", tool.Name);
        if (tool.Description is { } description) json.WriteText("description", description);
        if (!tool.Parameters.IsEmpty) json.WriteJson("parameters", tool.Parameters);
        else if (!_isOwn) json.WriteJson("parameters", JsonText.Of("""{"type":"object","properties":{}}"""));
        // Functions are strict here where nothing is said, and nowhere else.
        if (tool.IsStrict is not null || !_isOwn) json.WriteBoolean("strict"u8, tool.IsStrict ?? false);
        if (_isOwn) json.WriteJson(tool.Extras);
        else losses.Add("tools", tool.Extras);
        if (tool.Cache is not null) losses.Add("tools.cache_control");
        json.WriteEndObject();
    }

    public void WriteToolChoice()
    {
        if (request.ToolChoice is not { } choice) return;
        json.WritePropertyName("tool_choice"u8);
        if (choice.Kind == ToolChoiceKind.Named)
        {
            WriteFunctionName(choice.Name ?? "");
            return;
        }
        var word = choice.Kind switch { ToolChoiceKind.None => "none"u8, ToolChoiceKind.Required => "required"u8, _ => "auto"u8 };
        if (choice.Allowed.Count == 0 || choice.Kind == ToolChoiceKind.None)
        {
            json.WriteStringValue(word);
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "allowed_tools"u8);
        json.WriteString("mode"u8, word);
        json.WriteStartArray("tools"u8);
        foreach (var name in choice.Allowed) WriteFunctionName(name);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void WriteText()
    {
        var verbosity = request.Extras.Find(extra => extra.Name == "verbosity" && request.Dialect == DialectName.OpenAiChat);
        var extras = _isOwn ? request.Extras.FindAll(static extra => extra.Name.StartsWith(ResponsesNames.Text, StringComparison.Ordinal)) : [];
        if (request.Format is null && verbosity.Value.IsEmpty && extras.Count == 0) return;
        json.WriteStartObject("text"u8);
        if (request.Format is { } format)
        {
            json.WritePropertyName("format"u8);
            WriteFormat(format, extras);
        }
        if (!verbosity.Value.IsEmpty) json.WriteJson("verbosity", verbosity.Value);
        foreach (var (name, value) in extras)
            if (!name.StartsWith(ResponsesNames.Format, StringComparison.Ordinal)) json.WriteJson(name[ResponsesNames.Text.Length..], value);
        json.WriteEndObject();
    }

    void WriteFormat(OutputFormat format, List<Extra> extras)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, format.Kind switch
        {
            OutputKind.JsonSchema => "json_schema"u8,
            OutputKind.JsonObject => "json_object"u8,
            _ => "text"u8,
        });
        if (format.Kind == OutputKind.JsonSchema)
        {
            json.WriteText("name", format.Name ?? "answer");
            if (format.Description is { } description) json.WriteText("description", description);
            json.WriteJson("schema", format.Schema.IsEmpty ? JsonText.Of("{}") : format.Schema);
            if (format.IsStrict is { } strict) json.WriteBoolean("strict"u8, strict);
        }
        foreach (var (name, value) in extras)
            if (name.StartsWith(ResponsesNames.Format, StringComparison.Ordinal)) json.WriteJson(name[ResponsesNames.Format.Length..], value);
        json.WriteEndObject();
    }

    void WriteFunctionName(string name)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteText("name", name);
        json.WriteEndObject();
    }
}
