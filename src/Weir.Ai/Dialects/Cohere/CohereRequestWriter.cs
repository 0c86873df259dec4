using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a chat request.</summary>
sealed class CohereRequestWriter(ChatRequest request, ModelTarget target, Losses losses)
{
    /// <summary>Budgets of thinking for efforts, as Cohere has none.</summary>
    const int LowBudget = 1024;
    const int MediumBudget = 8192;
    const int HighBudget = 24576;

    readonly bool _isOwn = request.Dialect == DialectName.Cohere;

    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        json.WriteText("model", target.Model);
        json.WriteStartArray("messages"u8);
        var messages = new CohereMessageWriter(json, request, target, losses);
        foreach (var message in request.Messages) messages.Write(message);
        json.WriteEndArray();
        WriteTools(json);
        WriteSampling(json);
        WriteFormat(json);
        WriteThinking(json);
        if (request.IsStream) json.WriteBoolean("stream"u8, true);
        foreach (var (name, value) in request.Extras)
        {
            if (!_isOwn) losses.Add(name);
            else if (!name.Contains('.', StringComparison.Ordinal)) json.WriteJson(name, value);
        }
        json.WriteEndObject();
        NameLosses();
    }

    void WriteTools(Utf8JsonWriter json)
    {
        var isOpen = false;
        var areStrict = request.Tools.Count > 0;
        foreach (var tool in request.Tools)
        {
            if (!tool.Opaque.IsEmpty && !_isOwn)
            {
                losses.Add($"tools.{tool.Name}");
                continue;
            }
            if (!IsOffered(tool)) continue;
            if (!isOpen) json.WriteStartArray("tools"u8);
            isOpen = true;
            areStrict &= tool.IsStrict == true;
            if (tool.Opaque.IsEmpty) WriteFunction(json, tool);
            else tool.Opaque.WriteTo(json);
        }
        if (isOpen) json.WriteEndArray();
        if (isOpen && areStrict) json.WriteBoolean("strict_tools"u8, true);
        if (request.ToolChoice?.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named) json.WriteString("tool_choice"u8, "REQUIRED"u8);
        if (request.ToolChoice?.Kind == ToolChoiceKind.None) json.WriteString("tool_choice"u8, "NONE"u8);
    }

    /// <summary>Cohere cannot be told which tool to call: it is offered only those that it may.</summary>
    bool IsOffered(ToolDefinition tool) => request.ToolChoice switch
    {
        { Kind: ToolChoiceKind.Named, Name: { } name } => tool.Name == name,
        { Allowed: { Count: > 0 } allowed } => allowed.Contains(tool.Name),
        _ => true,
    };

    void WriteFunction(Utf8JsonWriter json, ToolDefinition tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteText("name", tool.Name);
        if (tool.Description is { } description) json.WriteText("description", description);
        if (!tool.Parameters.IsEmpty) json.WriteJson("parameters", tool.Parameters);
        else if (!_isOwn) json.WriteJson("parameters", JsonText.Of("""{"type":"object","properties":{}}"""));
        if (_isOwn) json.WriteJson(tool.Extras);
        else losses.Add("tools", tool.Extras);
        if (tool.Cache is not null) losses.Add("tools.cache_control");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void WriteSampling(Utf8JsonWriter json)
    {
        var sampling = request.Sampling;
        if (sampling.OutputTokensMax is { } max) json.WriteNumber("max_tokens"u8, max);
        if (sampling.Temperature is { } temperature && !Refuses("temperature")) json.WriteNumber("temperature"u8, temperature);
        if (sampling.TopP is { } topP && !Refuses("top_p")) json.WriteNumber("p"u8, topP);
        if (sampling.TopK is { } topK && !Refuses("top_k")) json.WriteNumber("k"u8, topK);
        if (sampling.Stop.Count > 0 && !Refuses("stop"))
        {
            json.WriteStartArray("stop_sequences"u8);
            foreach (var stop in sampling.Stop) json.WriteText(stop);
            json.WriteEndArray();
        }
        if (sampling.Seed is { } seed) json.WriteNumber("seed"u8, seed);
        if (sampling.FrequencyPenalty is { } frequency) json.WriteNumber("frequency_penalty"u8, frequency);
        if (sampling.PresencePenalty is { } presence) json.WriteNumber("presence_penalty"u8, presence);
        if (sampling.Logprobs) json.WriteBoolean("logprobs"u8, true);
        if (sampling.TopLogprobs is > 0) Lose("top_logprobs");
        if (sampling.Choices > 1) Lose("n");
    }

    void WriteFormat(Utf8JsonWriter json)
    {
        if (request.Format is not { } format) return;
        json.WriteStartObject("response_format"u8);
        json.WriteString("type"u8, format.Kind == OutputKind.Text ? "text"u8 : "json_object"u8);
        if (!format.Schema.IsEmpty) json.WriteJson("json_schema", format.Schema);
        const string Path = "response_format.";
        if (_isOwn)
        {
            foreach (var (name, value) in request.Extras)
                if (name.StartsWith(Path, StringComparison.Ordinal)) json.WriteJson(name[Path.Length..], value);
        }
        json.WriteEndObject();
    }

    void WriteThinking(Utf8JsonWriter json)
    {
        if (request.Reasoning is not { } reasoning) return;
        var isOff = reasoning.IsEnabled == false || reasoning.Effort == "none";
        int? budget = reasoning.BudgetTokens ?? reasoning.Effort switch
        {
            null or "none" => null,
            "minimal" or "low" => LowBudget,
            "medium" => MediumBudget,
            _ => HighBudget,
        };
        if (!isOff && reasoning.IsEnabled is null && budget is null && !reasoning.IsAdaptive) return;
        if (Refuses("reasoning_effort")) return;
        json.WriteStartObject("thinking"u8);
        json.WriteString("type"u8, isOff ? "disabled"u8 : "enabled"u8);
        if (budget is { } tokens && (!isOff || _isOwn)) json.WriteNumber("token_budget"u8, tokens);
        json.WriteEndObject();
    }

    void NameLosses()
    {
        if (request.ParallelTools is not null) Lose("parallel_tool_calls");
        if (request.User is not null) Lose("user");
        if (request.Metadata.Count > 0) Lose("metadata");
        if (request.ServiceTier is not null) Lose("service_tier");
        if (request.Store is not null) Lose("store");
        if (request.Audio is not null) Lose("audio");
        if (request.Modalities.Exists(static modality => modality != "text")) Lose("modalities");
    }

    bool Refuses(string parameter)
    {
        if (!target.Traits.Refuses.Contains(parameter)) return false;
        Lose(parameter);
        return true;
    }

    void Lose(string parameter) => losses.Add(FieldNames.Of(request.Dialect, parameter));
}
