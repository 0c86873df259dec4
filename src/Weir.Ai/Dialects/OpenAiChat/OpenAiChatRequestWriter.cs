using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a request: what the target refuses, or what OpenAI's wire cannot say, is left out and named as a loss.</summary>
sealed class OpenAiChatRequestWriter(ChatRequest request, ModelTarget target, Utf8JsonWriter json, Losses losses)
{
    /// <summary>Thoughts of at most so many tokens are called low effort, and medium.</summary>
    const int LowEffortTokensMax = 2048;
    const int MediumEffortTokensMax = 8192;

    readonly ModelTraits _traits = target.Traits;
    readonly bool _isOwn = request.Dialect == DialectName.OpenAiChat;

    public void Write()
    {
        json.WriteStartObject();
        json.WriteString("model", target.Model);
        json.WritePropertyName("messages");
        new OpenAiChatMessageWriter(request, _traits, json, losses).Write();
        WriteStream();
        WriteSampling();
        var answer = SchemaTool();
        new OpenAiChatToolWriter(request, _traits, json, losses).Write(answer);
        if (answer is null) WriteFormat();
        WriteReasoning();
        WriteAudio();
        WriteCaller();
        WriteExtras();
        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>Usage is always asked for: the gateway counts it even where the client does not want to see it.</summary>
    void WriteStream()
    {
        if (!request.IsStream) return;
        json.WriteBoolean("stream", true);
        if (_traits.Refuses.Contains("stream_options")) return;
        json.WriteStartObject("stream_options");
        json.WriteBoolean("include_usage", true);
        foreach (var extra in request.Extras)
        {
            if (!_isOwn || !extra.Name.StartsWith(OpenAiChatRequestReader.StreamOptions, StringComparison.Ordinal)) continue;
            json.WritePropertyName(extra.Name.AsSpan(OpenAiChatRequestReader.StreamOptions.Length));
            extra.Value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    void WriteSampling()
    {
        var sampling = request.Sampling;
        if (sampling.OutputTokensMax is { } limit) json.WriteNumber(LimitField(), limit);
        Number("temperature", sampling.Temperature);
        Number("top_p", sampling.TopP);
        var takesTopK = _isOwn || _traits.Takes.Contains("top_k");
        if (sampling.TopK is { } topK && (takesTopK || Lost("top_k")) && May("top_k")) json.WriteNumber("top_k", topK);
        Number("frequency_penalty", sampling.FrequencyPenalty);
        Number("presence_penalty", sampling.PresencePenalty);
        if (sampling.Seed is { } seed && May("seed")) json.WriteNumber("seed", seed);
        if (sampling.Choices is { } choices && (choices == 1 ? !_traits.Refuses.Contains("n") : May("n"))) json.WriteNumber("n", choices);
        if (sampling.Logprobs && May("logprobs")) json.WriteBoolean("logprobs", true);
        if (sampling.TopLogprobs is { } top && May("top_logprobs")) json.WriteNumber("top_logprobs", top);
        if (sampling.Stop.Count == 0 || !May("stop")) return;
        json.WriteStartArray("stop");
        foreach (var stop in sampling.Stop) WireText.Write(json, stop);
        json.WriteEndArray();
    }

    string LimitField()
    {
        const string newer = "max_completion_tokens", older = "max_tokens";
        if (_traits.WantsMaxCompletionTokens || _traits.Refuses.Contains(older)) return newer;
        return _isOwn && request.Sampling.OutputTokensField == newer && !_traits.Refuses.Contains(newer) ? newer : older;
    }

    void Number(string name, double? value)
    {
        if (value is { } number && May(name)) json.WriteNumber(name, number);
    }

    /// <summary>A tool for the answer, where the model can call one and cannot keep to a schema otherwise.</summary>
    AnswerTool? SchemaTool() =>
        _traits.LacksJsonSchema && request.Format is { Kind: OutputKind.JsonSchema } format && !_traits.Refuses.Contains("tools")
            ? AnswerTool.For(format)
            : null;

    void WriteFormat()
    {
        if (request.Format is not { } format || !May("response_format")) return;
        json.WriteStartObject("response_format");
        switch (format.Kind)
        {
            case OutputKind.Text: json.WriteString("type", "text"); break;
            case OutputKind.JsonObject: json.WriteString("type", "json_object"); break;
            default:
                json.WriteString("type", "json_schema");
                json.WriteStartObject("json_schema");
                json.WriteString("name", format.Name ?? "answer");
                WireText.Write(json, "description", format.Description);
                if (!format.Schema.IsEmpty)
                {
                    json.WritePropertyName("schema");
                    format.Schema.WriteTo(json);
                }
                if (format.IsStrict is { } strict) json.WriteBoolean("strict", strict);
                json.WriteEndObject();
                break;
        }
        json.WriteEndObject();
    }

    void WriteReasoning()
    {
        if (request.Reasoning is not { } reasoning || EffortOf(reasoning) is not { } effort) return;
        if (!_isOwn && !_traits.IsUnknown && !_traits.Reasons)
        {
            if (effort != "none") Lost("reasoning_effort");
            return;
        }
        if (May("reasoning_effort")) json.WriteString("reasoning_effort", effort);
    }

    /// <summary>The effort in OpenAI's words; null to leave it to the model, which is also what every model that cannot think takes.</summary>
    string? EffortOf(Reasoning reasoning) => reasoning switch
    {
        { Effort: { } effort } when _isOwn => effort,
        { IsEnabled: false } => _traits.Reasons ? "none" : null,
        { Effort: "max" } => "xhigh",
        { Effort: { } effort } => effort,
        { BudgetTokens: { } budget } => budget <= LowEffortTokensMax ? "low" : budget <= MediumEffortTokensMax ? "medium" : "high",
        _ => null,
    };

    void WriteAudio()
    {
        if (request.Modalities.Count > 0 && May("modalities"))
        {
            json.WriteStartArray("modalities");
            foreach (var modality in request.Modalities) json.WriteStringValue(modality);
            json.WriteEndArray();
        }
        if (request.Audio is not { } audio || !May("audio")) return;
        json.WriteStartObject("audio");
        if (!audio.Voice.IsEmpty)
        {
            json.WritePropertyName("voice");
            audio.Voice.WriteTo(json);
        }
        WireText.Write(json, "format", audio.Format);
        json.WriteEndObject();
    }

    void WriteCaller()
    {
        if (request.ServiceTier is { } asked && (TierOf(asked) is not null || Lost("service_tier")) && May("service_tier"))
            WireText.Write(json, "service_tier", TierOf(asked));
        if (request.Store is { } store && May("store")) json.WriteBoolean("store", store);
        if (request.User is { } user && May("user")) WireText.Write(json, "user", user);
        if (request.Metadata.Count == 0 || !May("metadata")) return;
        json.WriteStartObject("metadata");
        foreach (var (name, value) in request.Metadata)
        {
            json.WritePropertyName(name);
            WireText.Write(json, value);
        }
        json.WriteEndObject();
    }

    string? TierOf(string asked) => request.Dialect switch
    {
        DialectName.OpenAiChat or DialectName.OpenAiResponses or DialectName.OpenAiCompletions => asked,
        _ => asked switch { "standard_only" or "standard" or "default" => "default", "auto" or "flex" or "priority" => asked, _ => null },
    };

    void WriteExtras()
    {
        foreach (var extra in request.Extras)
        {
            if (extra.Name.StartsWith(OpenAiChatRequestReader.StreamOptions, StringComparison.Ordinal)) continue;
            if (!_isOwn || _traits.Refuses.Contains(extra.Name))
            {
                losses.Add(extra.Name);
                continue;
            }
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
    }

    bool May(string name) => !_traits.Refuses.Contains(name) || Lost(name);

    /// <summary>Names a loss; always false.</summary>
    bool Lost(string name)
    {
        losses.Add(FieldNames.Of(request.Dialect, name));
        return false;
    }
}
