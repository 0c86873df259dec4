using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a request as a legacy completion: a single user's message is the prompt, a longer conversation becomes a transcript.</summary>
sealed class OpenAiCompletionsRequestWriter(ChatRequest request, ModelTarget target, Utf8JsonWriter json, Losses losses)
{
    readonly ModelTraits _traits = target.Traits;
    readonly bool _isOwn = request.Dialect == DialectName.OpenAiCompletions;

    public void Write()
    {
        json.WriteStartObject();
        json.WriteString("model", target.Model);
        WireText.Write(json, "prompt", Prompt());
        WriteStream();
        WriteSampling();
        if (request.User is { } user && May("user")) WireText.Write(json, "user", user);
        WriteExtras();
        LoseRest();
        json.WriteEndObject();
        json.Flush();
    }

    string Prompt()
    {
        if (request.Messages is [{ Role: Role.User } only]) return TextOf(only);
        losses.Add("messages.role");
        var prompt = new StringBuilder();
        foreach (var message in request.Messages)
        {
            prompt.Append(message.Role switch { Role.System or Role.Developer => "", Role.Assistant => "Assistant: ", _ => "User: " });
            prompt.Append(TextOf(message)).Append("\n\n");
        }
        return prompt.Append("Assistant:").ToString();
    }

    string TextOf(Message message)
    {
        var text = new StringBuilder();
        foreach (var part in message.Parts) AddText(text, part);
        losses.Add("messages", message.Extras);
        return text.ToString();
    }

    void AddText(StringBuilder text, Part part)
    {
        switch (part)
        {
            case TextPart piece: text.Append(text.Length == 0 ? "" : "\n").Append(piece.Text); break;
            case RefusalPart refusal: text.Append(refusal.Text); break;
            case ToolResultPart result:
                losses.Add("messages.tool");
                foreach (var inner in result.Content) AddText(text, inner);
                break;
            case ToolCallPart: losses.Add("messages.tool_calls"); break;
            case ReasoningPart: losses.Add("messages.reasoning"); break;
            case ImagePart: losses.Add("messages.image"); break;
            case AudioPart: losses.Add("messages.audio"); break;
            case VideoPart: losses.Add("messages.video"); break;
            case DocumentPart: losses.Add("messages.document"); break;
            case OpaquePart opaque: losses.Add("messages." + opaque.Kind); break;
        }
        if (part.Cache is not null) losses.Add("cache_control");
    }

    void WriteStream()
    {
        if (!request.IsStream) return;
        json.WriteBoolean("stream", true);
        if (_traits.Refuses.Contains("stream_options")) return;
        json.WriteStartObject("stream_options");
        json.WriteBoolean("include_usage", true);
        json.WriteEndObject();
    }

    void WriteSampling()
    {
        var sampling = request.Sampling;
        if (sampling.OutputTokensMax is { } limit) json.WriteNumber("max_tokens", limit);
        Number("temperature", sampling.Temperature);
        Number("top_p", sampling.TopP);
        if (sampling.TopK is { } topK && (_isOwn || _traits.Takes.Contains("top_k") || Lost("top_k")) && May("top_k")) json.WriteNumber("top_k", topK);
        Number("frequency_penalty", sampling.FrequencyPenalty);
        Number("presence_penalty", sampling.PresencePenalty);
        if (sampling.Seed is { } seed && May("seed")) json.WriteNumber("seed", seed);
        if (sampling.Choices is { } choices && May("n")) json.WriteNumber("n", choices);
        if (sampling.Logprobs && May("logprobs")) json.WriteNumber("logprobs", sampling.TopLogprobs ?? 0);
        if (sampling.Stop.Count == 0 || !May("stop")) return;
        json.WriteStartArray("stop");
        foreach (var stop in sampling.Stop) WireText.Write(json, stop);
        json.WriteEndArray();
    }

    void WriteExtras()
    {
        foreach (var extra in request.Extras)
        {
            if (!_isOwn || _traits.Refuses.Contains(extra.Name) || extra.Name.StartsWith(OpenAiChatRequestReader.StreamOptions, StringComparison.Ordinal))
            {
                losses.Add(extra.Name);
                continue;
            }
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
    }

    /// <summary>What conversations have and completions never had.</summary>
    void LoseRest()
    {
        if (request.Tools.Count > 0) Lost("tools");
        if (request.ToolChoice is { Kind: not (ToolChoiceKind.Auto or ToolChoiceKind.None) }) Lost("tool_choice");
        if (request.Format is { Kind: not OutputKind.Text }) Lost("response_format");
        if (request.Reasoning is { IsEnabled: not false }) Lost("reasoning_effort");
        if (request.Audio is not null) Lost("audio");
        if (request.Modalities.Exists(static modality => modality != "text")) Lost("modalities");
        if (request.ServiceTier is not null) Lost("service_tier");
        if (request.Store is true) Lost("store");
        if (request.Metadata.Count > 0) Lost("metadata");
    }

    void Number(string name, double? value)
    {
        if (value is { } number && May(name)) json.WriteNumber(name, number);
    }

    bool May(string name) => !_traits.Refuses.Contains(name) || Lost(name);

    /// <summary>Names a loss; always false.</summary>
    bool Lost(string name)
    {
        losses.Add(FieldNames.Of(request.Dialect, name));
        return false;
    }
}
