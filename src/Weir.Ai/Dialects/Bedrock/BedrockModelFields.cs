using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// additionalModelRequestFields: what is a model's own, passed to it as it is. Claude's thinking and top_k are read from there; for other families of models
/// they are written in their words.
/// </summary>
static class BedrockModelFields
{
    public const string Name = "additionalModelRequestFields";

    public static void Read(WireObject fields, ChatRequest request)
    {
        if (fields.Element.ObjectField("thinking"u8) is { } thinking && thinking.TextField("type"u8) is "enabled" or "disabled" or "adaptive")
        {
            var config = fields.Element.ObjectField("output_config"u8);
            var onlyEffort = config is { } known && known.EnumerateObject().All(static field => field.NameEquals("effort"u8));
            request.Reasoning = AnthropicThinking.Read(fields.Object("thinking"), onlyEffort ? fields.Object("output_config")?.Text("effort") : null);
        }
        request.Sampling = request.Sampling with { TopK = fields.Element.LongField("top_k"u8) is not null ? fields.Int("top_k") : null };
        if (fields.Rest() is { Count: > 0 } rest) request.Extras.Add(new Extra(Name, ExtraFields.ObjectOf(rest)));
    }

    /// <summary>Families of models that take fields of their own.</summary>
    public static ModelFamily FamilyOf(ModelTarget target)
    {
        var model = target.Model;
        return model.Contains("claude", StringComparison.OrdinalIgnoreCase) ? ModelFamily.Claude
            : model.Contains("anthropic", StringComparison.OrdinalIgnoreCase) ? ModelFamily.Claude
            : model.Contains("amazon.nova", StringComparison.OrdinalIgnoreCase) ? ModelFamily.Nova
            : model.Contains("openai.", StringComparison.OrdinalIgnoreCase) ? ModelFamily.OpenAi
            : model.Contains("mistral", StringComparison.OrdinalIgnoreCase) ? ModelFamily.Mistral
            : target.Traits.ReasonsAdaptively ? ModelFamily.Claude
            : ModelFamily.Other;
    }

    public static void Write(Utf8JsonWriter writer, ChatRequest request, ModelFamily family, ThinkingPlan thinking, Losses losses)
    {
        var isOwn = request.Dialect == DialectName.Bedrock;
        var fields = new LazyObject(writer, Name);
        if (isOwn || family == ModelFamily.Claude) WriteThinking(writer, fields, thinking);
        else if (request.Reasoning is { } reasoning && !IsOff(reasoning)) WriteEffort(writer, fields, request, reasoning, family, losses);
        if (request.Sampling.TopK is { } topK)
        {
            if (isOwn || (family is ModelFamily.Claude && !thinking.IsOn) || family is ModelFamily.Mistral)
            {
                fields.Open();
                writer.WriteNumber("top_k"u8, topK);
            }
            else if (family is ModelFamily.Nova)
            {
                fields.Open();
                writer.WriteStartObject("inferenceConfig"u8);
                writer.WriteNumber("topK"u8, topK);
                writer.WriteEndObject();
            }
            else
            {
                losses.Add(FieldNames.Of(request.Dialect, "top_k"));
            }
        }
        if (isOwn && ExtraFields.Find(request.Extras, Name) is { } rest)
        {
            fields.Open();
            ExtraFields.WriteFieldsOf(writer, rest);
        }
        fields.Close();
    }

    static bool IsOff(Reasoning reasoning) => reasoning.IsEnabled == false || reasoning.Effort == "none";

    static void WriteThinking(Utf8JsonWriter writer, LazyObject fields, ThinkingPlan thinking)
    {
        if (thinking.Type is null && thinking.Effort is null) return;
        fields.Open();
        thinking.Write(writer, null);
        if (thinking.Effort is null) return;
        writer.WriteStartObject("output_config"u8);
        writer.WriteString("effort"u8, thinking.Effort);
        writer.WriteEndObject();
    }

    static void WriteEffort(Utf8JsonWriter writer, LazyObject fields, ChatRequest request, Reasoning reasoning, ModelFamily family, Losses losses)
    {
        var effort = (reasoning.Effort ?? (reasoning.BudgetTokens is { } budget and > 0 ? AnthropicThinking.EffortOf(budget) : "medium")) switch
        {
            "minimal" or "low" => "low",
            "medium" => "medium",
            _ => "high",
        };
        switch (family)
        {
            case ModelFamily.Nova:
                fields.Open();
                writer.WriteStartObject("reasoningConfig"u8);
                writer.WriteString("type"u8, "enabled"u8);
                writer.WriteString("maxReasoningEffort"u8, effort);
                writer.WriteEndObject();
                break;
            case ModelFamily.OpenAi:
                fields.Open();
                writer.WriteString("reasoning_effort"u8, effort);
                break;
            default:
                losses.Add(FieldNames.Of(request.Dialect, "reasoning_effort"));
                break;
        }
    }
}

/// <summary>Families of models on Bedrock that have words of their own.</summary>
enum ModelFamily
{
    Other,
    Claude,
    Nova,
    OpenAi,
    Mistral,
}

/// <summary>A field with an object that is written only if something stands in it.</summary>
sealed class LazyObject(Utf8JsonWriter writer, string name)
{
    bool _isOpen;

    public void Open()
    {
        if (_isOpen) return;
        _isOpen = true;
        writer.WriteStartObject(name);
    }

    public void Close()
    {
        if (_isOpen) writer.WriteEndObject();
    }
}
