using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a request to create a response.</summary>
sealed class ResponsesRequestWriter(ChatRequest request, ModelTarget target, Losses losses)
{
    /// <summary>Extras of chat completions that mean the same here.</summary>
    static readonly string[] SharedExtras = ["prompt_cache_key", "prompt_cache_retention", "safety_identifier", "verbosity"];

    readonly bool _isOwn = request.Dialect == DialectName.OpenAiResponses;

    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        json.WriteText("model", target.Model);
        new ResponsesItemWriter(json, request, target, losses).Write();
        var settings = new ResponsesSettings(json, request, losses);
        settings.WriteTools();
        settings.WriteToolChoice();
        if (request.ParallelTools is { } parallel) json.WriteBoolean("parallel_tool_calls"u8, parallel);
        settings.WriteText();
        WriteReasoning(json);
        WriteSampling(json);
        WriteRest(json);
        if (request.IsStream) json.WriteBoolean("stream"u8, true);
        if (_isOwn) WriteExtras(json);
        else WriteShared(json);
        json.WriteEndObject();
    }

    void WriteReasoning(Utf8JsonWriter json)
    {
        var hasExtras = _isOwn && request.Extras.Exists(static extra => extra.Name.StartsWith(ResponsesNames.Reasoning, StringComparison.Ordinal));
        if (request.Reasoning is null && !hasExtras) return;
        var reasoning = request.Reasoning ?? new Reasoning();
        var effort = _isOwn ? reasoning.Effort : EffortOf(reasoning);
        if (!_isOwn && effort is null && reasoning.Summary is null) return;
        if (!_isOwn && target.Traits.Refuses.Contains("reasoning_effort"))
        {
            Lose("reasoning_effort");
            return;
        }
        json.WriteStartObject("reasoning"u8);
        if (effort is not null) json.WriteText("effort", effort);
        var summary = reasoning.Summary ?? (!_isOwn && effort != "none" && request.Dialect is DialectName.Anthropic or DialectName.Bedrock ? "auto" : null);
        if (summary is not null and not "none") json.WriteText("summary", summary);
        if (_isOwn)
        {
            foreach (var (name, value) in request.Extras)
                if (name.StartsWith(ResponsesNames.Reasoning, StringComparison.Ordinal)) json.WriteJson(name[ResponsesNames.Reasoning.Length..], value);
        }
        json.WriteEndObject();
    }

    /// <summary>The effort for a budget: the same steps by which others turn efforts into budgets.</summary>
    static string? EffortOf(Reasoning reasoning)
    {
        if (reasoning.Effort is { } effort) return effort == "max" ? "xhigh" : effort;
        if (reasoning.IsEnabled == false) return "none";
        return reasoning.BudgetTokens switch
        {
            null => null,
            <= 2048 => "low",
            <= 16384 => "medium",
            _ => "high",
        };
    }

    void WriteSampling(Utf8JsonWriter json)
    {
        var sampling = request.Sampling;
        if (sampling.OutputTokensMax is { } max) json.WriteNumber("max_output_tokens"u8, max);
        if (sampling.Temperature is { } temperature && !Refuses("temperature")) json.WriteNumber("temperature"u8, temperature);
        if (sampling.TopP is { } topP && !Refuses("top_p")) json.WriteNumber("top_p"u8, topP);
        if (sampling.TopLogprobs is { } top && !Refuses("top_logprobs")) json.WriteNumber("top_logprobs"u8, top);
        if (sampling.Logprobs && !_isOwn)
        {
            json.WriteStartArray("include"u8);
            json.WriteStringValue(ResponsesNames.IncludeLogprobs);
            json.WriteEndArray();
        }
        if (sampling.TopK is not null) Lose("top_k");
        if (sampling.Stop.Count > 0) Lose("stop");
        if (sampling.Seed is not null) Lose("seed");
        if (sampling.Choices > 1) Lose("n");
        if (sampling.FrequencyPenalty is not (null or 0)) Lose("frequency_penalty");
        if (sampling.PresencePenalty is not (null or 0)) Lose("presence_penalty");
    }

    void WriteRest(Utf8JsonWriter json)
    {
        if (request.User is { } user) json.WriteText("user", user);
        if (request.ServiceTier is { } tier)
        {
            if (request.Dialect is DialectName.OpenAiResponses or DialectName.OpenAiChat) json.WriteText("service_tier", tier);
            else Lose("service_tier");
        }
        if (request.Metadata.Count > 0)
        {
            json.WriteStartObject("metadata"u8);
            foreach (var (name, value) in request.Metadata) json.WriteText(name, value);
            json.WriteEndObject();
        }
        // Responses are kept where nothing is said, other dialects' answers are not.
        if (request.Store is not null || !_isOwn) json.WriteBoolean("store"u8, request.Store ?? false);
        if (request.Audio is not null) Lose("audio");
        if (request.Modalities.Exists(static modality => modality != "text")) Lose("modalities");
    }

    void WriteExtras(Utf8JsonWriter json)
    {
        foreach (var (name, value) in request.Extras)
            if (!name.Contains('.', StringComparison.Ordinal)) json.WriteJson(name, value);
    }

    void WriteShared(Utf8JsonWriter json)
    {
        foreach (var (name, value) in request.Extras)
        {
            if (request.Dialect != DialectName.OpenAiChat || !SharedExtras.Contains(name)) losses.Add(name);
            else if (name != "verbosity") json.WriteJson(name, value);
        }
    }

    bool Refuses(string parameter)
    {
        if (!target.Traits.Refuses.Contains(parameter)) return false;
        Lose(parameter);
        return true;
    }

    void Lose(string parameter) => losses.Add(FieldNames.Of(request.Dialect, parameter));
}
