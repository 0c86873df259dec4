using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weir.Ai;

/// <summary>
/// Writes the body of a request for Converse. What Bedrock has no field for is named as a loss, in the words of the dialect that the request came in.
/// </summary>
sealed partial class BedrockRequestWriter
{
    readonly ChatRequest _request;
    readonly ModelTarget _target;
    readonly Losses _losses;
    readonly Utf8JsonWriter _writer;

    BedrockRequestWriter(ChatRequest request, ModelTarget target, Losses losses, Utf8JsonWriter writer) =>
        (_request, _target, _losses, _writer) = (request, target, losses, writer);

    bool IsOwn => _request.Dialect == DialectName.Bedrock;

    public static void Write(ChatRequest request, ModelTarget target, IBufferWriter<byte> output, Losses losses)
    {
        using var writer = new Utf8JsonWriter(output, WireText.Options);
        new BedrockRequestWriter(request, target, losses, writer).Write();
    }

    void Write()
    {
        var family = BedrockModelFields.FamilyOf(_target);
        var answer = AnswerOf(_request.Format);
        var thinking = family == ModelFamily.Claude || IsOwn
            ? AnthropicThinking.Plan(_request, _target.Traits, answer is not null, _losses)
            : new ThinkingPlan { OutputTokens = 0 };
        _writer.WriteStartObject();
        BedrockMessageWriter.Write(_request, _target, _losses, _writer);
        WriteInference(thinking);
        new BedrockToolWriter(_request, _target.Traits, _losses, _writer).Write(answer);
        BedrockModelFields.Write(_writer, _request, family, thinking, _losses);
        if (answer is null && _request.Format is { Kind: OutputKind.JsonSchema } format) WriteFormat(format);
        WriteServiceTier();
        WriteMetadata();
        WriteExtras();
        NameLosses();
        _writer.WriteEndObject();
    }

    AnswerTool? AnswerOf(OutputFormat? format) => format switch
    {
        { Kind: OutputKind.JsonObject } => AnswerTool.For(format),
        { Kind: OutputKind.JsonSchema } when _target.Traits.LacksJsonSchema => AnswerTool.For(format),
        _ => null,
    };

    void WriteInference(ThinkingPlan thinking)
    {
        var sampling = _request.Sampling;
        var config = new LazyObject(_writer, "inferenceConfig");
        if (sampling.OutputTokensMax is not null || (thinking.BudgetTokens is not null && !IsOwn))
        {
            config.Open();
            // A budget of thinking must be smaller than the limit, and models have limits of their own where none is asked for.
            _writer.WriteNumber("maxTokens"u8, sampling.OutputTokensMax ?? thinking.OutputTokens);
        }
        var isFree = IsOwn || !thinking.IsOn;
        if (sampling.Temperature is { } temperature && Takes("temperature", isFree || temperature == 1))
        {
            config.Open();
            if (!IsOwn && temperature > 1) Lose("temperature");
            _writer.WriteNumber("temperature"u8, IsOwn ? temperature : Math.Min(temperature, 1));
        }
        var both = !IsOwn && sampling.Temperature is not null;
        if (sampling.TopP is { } topP && !(both && topP == 1) && Takes("top_p", (isFree || topP >= 0.95) && !both))
        {
            config.Open();
            _writer.WriteNumber("topP"u8, topP);
        }
        if (sampling.Stop.Count > 0 && Takes("stop", true))
        {
            config.Open();
            _writer.WriteStartArray("stopSequences"u8);
            foreach (var stop in sampling.Stop) WireText.Write(_writer, stop);
            _writer.WriteEndArray();
        }
        if (IsOwn && ExtraFields.Find(_request.Extras, "inferenceConfig") is { } rest)
        {
            config.Open();
            ExtraFields.WriteFieldsOf(_writer, rest);
        }
        config.Close();
    }

    bool Takes(string chatName, bool canSay)
    {
        if (canSay && !_target.Traits.Refuses.Contains(chatName)) return true;
        Lose(chatName);
        return false;
    }

    void WriteFormat(OutputFormat format)
    {
        _writer.WriteStartObject("outputConfig"u8);
        _writer.WriteStartObject("textFormat"u8);
        _writer.WriteString("type"u8, "json_schema"u8);
        _writer.WriteStartObject("structure"u8);
        _writer.WriteStartObject("jsonSchema"u8);
        WireText.Write(_writer, "schema"u8, format.Schema.ToString());
        if (format.Name is not null) WireText.Write(_writer, "name"u8, format.Name);
        if (format.Description is not null) WireText.Write(_writer, "description"u8, format.Description);
        for (var depth = 0; depth < 4; depth++) _writer.WriteEndObject();
    }

    void WriteServiceTier()
    {
        var tier = _request.ServiceTier;
        if (!IsOwn)
        {
            tier = tier switch { "auto" or "standard" or "standard_only" or "default" => "default", "priority" or "flex" => tier, _ => null };
            if (tier is null && _request.ServiceTier is not null) Lose("service_tier");
        }
        if (tier is null) return;
        _writer.WriteStartObject("serviceTier"u8);
        _writer.WriteString("type"u8, tier);
        _writer.WriteEndObject();
    }

    /// <summary>Labels of the request, and the user as one of them: they stand in the log of invocations.</summary>
    void WriteMetadata()
    {
        var labels = new LazyObject(_writer, "requestMetadata");
        var count = 0;
        foreach (var (name, value) in _request.Metadata) WriteLabel(labels, name, value, "metadata", ref count);
        if (_request.User is { } user) WriteLabel(labels, "user_id", user, "user", ref count);
        labels.Close();
    }

    void WriteLabel(LazyObject labels, string name, string value, string chatName, ref int count)
    {
        if (!IsOwn && (count == 16 || !LabelText.IsMatch(name) || name.Length == 0 || !LabelText.IsMatch(value)))
        {
            Lose(chatName);
            return;
        }
        count++;
        labels.Open();
        _writer.WritePropertyName(name);
        WireText.Write(_writer, value);
    }

    /// <summary>What Bedrock takes as names and values of labels.</summary>
    [GeneratedRegex(@"^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$", RegexOptions.CultureInvariant)]
    private static partial Regex LabelText { get; }

    void WriteExtras()
    {
        if (!IsOwn)
        {
            _losses.Add("", _request.Extras);
            return;
        }
        foreach (var extra in _request.Extras)
            if (extra.Name is not ("inferenceConfig" or "toolConfig" or BedrockModelFields.Name)) ExtraFields.WriteFields(_writer, [extra]);
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
        if (_request.ParallelTools == false) Lose("parallel_tool_calls");
    }

    void Lose(string chatName) => _losses.Add(FieldNames.Of(_request.Dialect, chatName));
}
