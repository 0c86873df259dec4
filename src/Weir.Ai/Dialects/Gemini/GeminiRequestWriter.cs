using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a GenerateContentRequest. The model and whether it streams stand in the path, not here.</summary>
sealed class GeminiRequestWriter(ChatRequest request, ModelTarget target, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.Gemini;

    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        new GeminiContentWriter(json, request, target, losses).Write();
        WriteTools(json);
        WriteToolConfig(json);
        new GeminiConfigWriter(json, request, target, losses).Write();
        WriteExtras(json);
        json.WriteEndObject();
        NameLosses();
    }

    void WriteTools(Utf8JsonWriter json)
    {
        if (request.Tools.Count == 0) return;
        json.WriteStartArray("tools"u8);
        var hasFunctions = false;
        foreach (var tool in request.Tools)
        {
            if (tool.Opaque.IsEmpty)
            {
                if (!hasFunctions) WriteFunctions(json);
                hasFunctions = true;
            }
            else if (_isOwn)
            {
                tool.Opaque.WriteTo(json);
            }
            else
            {
                losses.Add($"tools.{tool.Name}");
            }
        }
        json.WriteEndArray();
    }

    void WriteFunctions(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        foreach (var tool in request.Tools)
        {
            if (!tool.Opaque.IsEmpty) continue;
            json.WriteStartObject();
            json.WriteText("name", tool.Name);
            if (tool.Description is { } description) json.WriteText("description", description);
            if (!tool.Parameters.IsEmpty) json.WriteJson("parametersJsonSchema", tool.Parameters);
            if (_isOwn) json.WriteJson(tool.Extras);
            else losses.Add("tools", tool.Extras);
            if (tool.IsStrict == true) losses.Add("tools.strict");
            if (tool.Cache is not null) losses.Add("tools.cache_control");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    void WriteToolConfig(Utf8JsonWriter json)
    {
        var hasExtras = _isOwn && request.Extras.Exists(static extra => extra.Name.StartsWith(GeminiExtras.ToolConfig, StringComparison.Ordinal));
        if (request.ToolChoice is null && !hasExtras) return;
        json.WriteStartObject("toolConfig"u8);
        if (request.ToolChoice is not null || HasExtra(GeminiExtras.Calling)) WriteCalling(json);
        if (_isOwn) WriteExtras(json, GeminiExtras.ToolConfig, GeminiExtras.Calling);
        json.WriteEndObject();
    }

    void WriteCalling(Utf8JsonWriter json)
    {
        json.WriteStartObject("functionCallingConfig"u8);
        if (request.ToolChoice is { } choice && !(_isOwn && HasExtra(GeminiExtras.Calling + "mode")))
        {
            // AUTO looks at no list: a choice among some tools, or none of them, is what VALIDATED says.
            json.WriteString("mode"u8, choice.Kind switch
            {
                ToolChoiceKind.None => "NONE"u8,
                ToolChoiceKind.Required or ToolChoiceKind.Named => "ANY"u8,
                _ => choice.Allowed.Count > 0 && !_isOwn ? "VALIDATED"u8 : "AUTO"u8,
            });
        }
        if (_isOwn) WriteExtras(json, GeminiExtras.Calling);
        if (request.ToolChoice is { Name: not null } or { Allowed.Count: > 0 })
        {
            json.WriteStartArray("allowedFunctionNames"u8);
            if (request.ToolChoice.Name is { } only) json.WriteText(only);
            else foreach (var name in request.ToolChoice.Allowed) json.WriteText(name);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    void WriteExtras(Utf8JsonWriter json)
    {
        foreach (var (name, value) in request.Extras)
        {
            if (!_isOwn) losses.Add(name);
            else if (!IsBelow(name, GeminiExtras.Config) && !IsBelow(name, GeminiExtras.ToolConfig)) json.WriteJson(name, value);
        }
    }

    void WriteExtras(Utf8JsonWriter json, string path, string? without = null)
    {
        foreach (var (name, value) in request.Extras)
            if (IsBelow(name, path) && (without is null || !IsBelow(name, without))) json.WriteJson(name[path.Length..], value);
    }

    static bool IsBelow(string name, string path) => name.StartsWith(path, StringComparison.Ordinal);

    bool HasExtra(string path) => _isOwn && request.Extras.Exists(extra => extra.Name.StartsWith(path, StringComparison.Ordinal));

    /// <summary>What has no word in Gemini, whatever dialect it came from.</summary>
    void NameLosses()
    {
        if (request.ParallelTools is not null) Lose("parallel_tool_calls");
        if (request.User is not null) Lose("user");
        if (request.Metadata.Count > 0) Lose("metadata");
        if (request.ServiceTier is not null) Lose("service_tier");
        if (request.Store is not null) Lose("store");
        if (request.Audio is not null) Lose("audio");
    }

    void Lose(string parameter) => losses.Add(FieldNames.Of(request.Dialect, parameter));
}
