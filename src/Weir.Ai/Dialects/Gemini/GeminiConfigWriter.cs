using System.Globalization;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes generationConfig.</summary>
sealed class GeminiConfigWriter(Utf8JsonWriter json, ChatRequest request, ModelTarget target, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.Gemini;
    bool _isOpen;

    public void Write()
    {
        WriteSampling(request.Sampling);
        if (request.Modalities.Count > 0)
        {
            Property("responseModalities");
            json.WriteStartArray();
            foreach (var modality in request.Modalities) json.WriteText(modality.ToUpperInvariant());
            json.WriteEndArray();
        }
        WriteFormat();
        WriteThinking();
        if (_isOwn)
        {
            foreach (var (name, value) in request.Extras)
            {
                if (!name.StartsWith(GeminiExtras.Config, StringComparison.Ordinal)
                    || name.StartsWith(GeminiExtras.Thinking, StringComparison.Ordinal)) continue;
                Property(name[GeminiExtras.Config.Length..]);
                value.WriteTo(json);
            }
        }
        if (_isOpen) json.WriteEndObject();
    }

    void WriteSampling(Sampling sampling)
    {
        Number("temperature", Taken("temperature", sampling.Temperature));
        Number("topP", Taken("top_p", sampling.TopP));
        Number("topK", Taken("top_k", sampling.TopK));
        Number("candidateCount", sampling.Choices);
        Number("maxOutputTokens", sampling.OutputTokensMax);
        if (sampling.Stop.Count > 0 && !Refuses("stop"))
        {
            Property("stopSequences");
            json.WriteStartArray();
            foreach (var stop in sampling.Stop) json.WriteText(stop);
            json.WriteEndArray();
        }
        Number("presencePenalty", Taken("presence_penalty", sampling.PresencePenalty));
        Number("frequencyPenalty", Taken("frequency_penalty", sampling.FrequencyPenalty));
        Number("seed", Taken("seed", sampling.Seed));
        if (sampling.Logprobs && !Refuses("logprobs"))
        {
            Property("responseLogprobs");
            json.WriteBooleanValue(true);
        }
        Number("logprobs", Taken("top_logprobs", sampling.TopLogprobs));
    }

    void WriteFormat()
    {
        if (request.Format is not { } format) return;
        if (!_isOwn || !request.Extras.Exists(static extra => extra.Name == GeminiExtras.MimeType))
        {
            Property("responseMimeType");
            json.WriteStringValue(format.Kind == OutputKind.Text ? "text/plain"u8 : "application/json"u8);
        }
        if (format.Kind != OutputKind.JsonSchema || format.Schema.IsEmpty) return;
        Property("responseJsonSchema");
        format.Schema.WriteTo(json);
    }

    void WriteThinking()
    {
        var extras = _isOwn ? request.Extras.FindAll(static extra => extra.Name.StartsWith(GeminiExtras.Thinking, StringComparison.Ordinal)) : [];
        if (request.Reasoning is not { } reasoning)
        {
            if (extras.Count == 0) return;
            reasoning = new Reasoning();
        }
        var thinking = GeminiThinking.Of(reasoning, request.Dialect, target, losses);
        if (thinking is { Budget: null, Level: null, Shows: null } && extras.Count == 0 && !_isOwn) return;
        Property("thinkingConfig");
        json.WriteStartObject();
        if (thinking.Budget is { } budget) json.WriteNumber("thinkingBudget"u8, budget);
        if (thinking.Level is { } level) json.WriteText("thinkingLevel", level);
        if (thinking.Shows is { } shows) json.WriteBoolean("includeThoughts"u8, shows);
        foreach (var (name, value) in extras) json.WriteJson(name[GeminiExtras.Thinking.Length..], value);
        json.WriteEndObject();
    }

    T? Taken<T>(string parameter, T? value) where T : struct => value is null || Refuses(parameter) ? null : value;

    /// <summary>Whether the model refuses a parameter; naming it is the caller's answer to why it had no effect.</summary>
    bool Refuses(string parameter)
    {
        if (!target.Traits.Refuses.Contains(parameter)) return false;
        losses.Add(FieldNames.Of(request.Dialect, parameter));
        return true;
    }

    void Number(string name, double? value)
    {
        if (value is not { } number) return;
        Property(name);
        json.WriteRawValue(number.ToString("R", CultureInfo.InvariantCulture), skipInputValidation: true);
    }

    void Number(string name, long? value)
    {
        if (value is not { } number) return;
        Property(name);
        json.WriteNumberValue(number);
    }

    /// <summary>The config is begun with its first field: an empty one is not written.</summary>
    void Property(string name)
    {
        if (!_isOpen) json.WriteStartObject("generationConfig"u8);
        _isOpen = true;
        json.WritePropertyName(name);
    }
}
