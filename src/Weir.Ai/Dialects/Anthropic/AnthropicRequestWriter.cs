using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes a request for /v1/messages. What Anthropic has no field for is named as a loss, in the words of the dialect that the request came in.
/// </summary>
sealed class AnthropicRequestWriter
{
    readonly ChatRequest _request;
    readonly ModelTarget _target;
    readonly Losses _losses;
    readonly Utf8JsonWriter _writer;

    AnthropicRequestWriter(ChatRequest request, ModelTarget target, Losses losses, Utf8JsonWriter writer) =>
        (_request, _target, _losses, _writer) = (request, target, losses, writer);

    bool IsOwn => _request.Dialect == DialectName.Anthropic;

    public static void Write(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses)
    {
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        new AnthropicRequestWriter(request, target, losses, writer).Write();
    }

    /// <summary>Writes a request for a count of its tokens: the conversation, the tools and how to think.</summary>
    public static void WriteCount(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses)
    {
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        new AnthropicRequestWriter(request, target, losses, writer).WriteCount();
    }

    void WriteCount()
    {
        var schemaTool = SchemaTool();
        var thinking = AnthropicThinking.Plan(_request, _target.Traits, schemaTool is not null, _losses);
        _writer.WriteStartObject();
        _writer.WriteString("model"u8, _target.Model);
        WriteConversation(thinking, schemaTool);
        WriteOutputConfig(thinking.Effort, schemaTool is null ? _request.Format : null);
        WriteExtras();
        _writer.WriteEndObject();
    }

    void WriteConversation(ThinkingPlan thinking, AnswerTool? schemaTool)
    {
        AnthropicMessageWriter.Write(_request, _target, _losses, _writer);
        new AnthropicToolWriter(_request, _target.Traits, _losses, _writer).Write(schemaTool);
        thinking.Write(_writer, Merged("thinking"));
    }

    void Write()
    {
        var schemaTool = SchemaTool();
        var thinking = AnthropicThinking.Plan(_request, _target.Traits, schemaTool is not null, _losses);
        _writer.WriteStartObject();
        _writer.WriteString("model"u8, _target.Model);
        _writer.WriteNumber("max_tokens"u8, thinking.OutputTokens);
        WriteConversation(thinking, schemaTool);
        WriteOutputConfig(thinking.Effort, schemaTool is null ? _request.Format : null);
        WriteSampling(thinking);
        WriteMetadata();
        WriteServiceTier();
        if (_request.IsStream) _writer.WriteBoolean("stream"u8, true);
        WriteExtras();
        NameLosses();
        _writer.WriteEndObject();
    }

    /// <summary>The tool through which JSON is asked for; null where the model has structured output, or none is asked for.</summary>
    AnswerTool? SchemaTool() => _request.Format switch
    {
        { Kind: OutputKind.JsonObject } format => AnswerTool.For(format),
        { Kind: OutputKind.JsonSchema } format when _target.Traits.LacksJsonSchema => AnswerTool.For(format),
        _ => null,
    };

    void WriteOutputConfig(string? effort, OutputFormat? format)
    {
        var rest = Merged("output_config");
        var hasFormat = format is { Kind: OutputKind.JsonSchema };
        if (effort is null && !hasFormat && rest is null) return;
        _writer.WriteStartObject("output_config"u8);
        if (effort is not null) _writer.WriteString("effort"u8, effort);
        if (hasFormat)
        {
            _writer.WriteStartObject("format"u8);
            _writer.WriteString("type"u8, "json_schema"u8);
            _writer.WritePropertyName("schema"u8);
            if (IsOwn) format!.Schema.WriteTo(_writer);
            else AnthropicSchema.Write(_writer, format!.Schema);
            _writer.WriteEndObject();
        }
        if (rest is { } fields) ExtraFields.WriteFieldsOf(_writer, fields);
        _writer.WriteEndObject();
    }

    void WriteSampling(ThinkingPlan thinking)
    {
        var sampling = _request.Sampling;
        // Anthropic's models that think take no other way of choosing tokens than their own.
        var isFree = IsOwn || !thinking.IsOn;
        if (sampling.Temperature is { } temperature && Takes("temperature", isFree || temperature == 1))
        {
            if (!IsOwn && temperature > 1) Lose("temperature");
            _writer.WriteNumber("temperature"u8, IsOwn ? temperature : Math.Min(temperature, 1));
        }
        var both = !IsOwn && sampling.Temperature is not null;
        if (sampling.TopP is { } topP && !(both && topP == 1) && Takes("top_p", (isFree || topP >= 0.95) && !both)) _writer.WriteNumber("top_p"u8, topP);
        if (sampling.TopK is { } topK && Takes("top_k", isFree)) _writer.WriteNumber("top_k"u8, topK);
        if (sampling.Stop.Count == 0 || !Takes("stop", true)) return;
        _writer.WriteStartArray("stop_sequences"u8);
        foreach (var stop in sampling.Stop)
        {
            // A stop sequence of white space alone is refused.
            if (IsOwn || !string.IsNullOrWhiteSpace(stop)) WireText.Write(_writer, stop);
            else Lose("stop");
        }
        _writer.WriteEndArray();
    }

    bool Takes(string chatName, bool canSay)
    {
        if (canSay && !_target.Traits.Refuses.Contains(chatName)) return true;
        Lose(chatName);
        return false;
    }

    void WriteMetadata()
    {
        var rest = Merged("metadata");
        if (_request.User is null && rest is null) return;
        _writer.WriteStartObject("metadata"u8);
        if (_request.User is not null) WireText.Write(_writer, "user_id"u8, _request.User);
        if (rest is { } fields) ExtraFields.WriteFieldsOf(_writer, fields);
        _writer.WriteEndObject();
    }

    void WriteServiceTier()
    {
        var tier = _request.ServiceTier;
        if (!IsOwn)
        {
            tier = tier switch { "default" or "standard" => "standard_only", "auto" or "priority" => "auto", _ => null };
            if (tier is null && _request.ServiceTier is not null) Lose("service_tier");
        }
        if (tier is not null) _writer.WriteString("service_tier"u8, tier);
    }

    /// <summary>Extras that are the rest of an object which is written field by field.</summary>
    static bool IsMerged(string name) => name is "thinking" or "output_config" or "metadata";

    JsonText? Merged(string name) => IsOwn ? ExtraFields.Find(_request.Extras, name) : null;

    void WriteExtras()
    {
        if (!IsOwn)
        {
            _losses.Add("", _request.Extras);
            return;
        }
        foreach (var extra in _request.Extras)
        {
            if (IsMerged(extra.Name)) continue;
            _writer.WritePropertyName(extra.Name);
            extra.Value.WriteTo(_writer);
        }
    }

    void NameLosses()
    {
        var sampling = _request.Sampling;
        if (sampling.Choices is > 1) Lose("n");
        if (sampling.FrequencyPenalty is { } frequency && frequency != 0) Lose("frequency_penalty");
        if (sampling.PresencePenalty is { } presence && presence != 0) Lose("presence_penalty");
        if (sampling.Seed is not null) Lose("seed");
        if (sampling.Logprobs) Lose("logprobs");
        if (sampling.TopLogprobs is > 0) Lose("top_logprobs");
        if (_request.Audio is not null) Lose("audio");
        if (_request.Modalities.Exists(static modality => modality != "text")) Lose("modalities");
        if (_request.Store == true) Lose("store");
        if (_request.Metadata.Count > 0) Lose("metadata");
    }

    void Lose(string chatName) => _losses.Add(FieldNames.Of(_request.Dialect, chatName));
}
