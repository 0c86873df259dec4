using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes one GenerateContentResponse.</summary>
sealed class GeminiWholeWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly CollectedReply _reply = new();

    bool IsOwn => _reply.Dialect == DialectName.Gemini;

    public override void On(in ReplyEvent reply) => _reply.On(reply);

    public override void Complete()
    {
        if (_reply.Error is { } error)
        {
            GeminiErrors.Write(error, output);
            return;
        }
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        var isBlocked = IsOwn && _reply.Extras.Exists(static extra => extra.Name == GeminiExtras.PromptFeedback);
        if (!isBlocked || _reply.Choices.Any(static choice => choice.Parts.Count > 0))
        {
            json.WriteStartArray("candidates"u8);
            foreach (var choice in _reply.Choices) WriteCandidate(json, choice);
            json.WriteEndArray();
        }
        GeminiReplyParts.WriteTail(json, shape, _reply);
        json.WriteEndObject();
    }

    void WriteCandidate(Utf8JsonWriter json, CollectedChoice choice)
    {
        json.WriteStartObject();
        json.WriteStartObject("content"u8);
        if (choice.Parts.Count > 0)
        {
            json.WriteStartArray("parts"u8);
            foreach (var part in choice.Parts) WritePart(json, choice, part);
            json.WriteEndArray();
        }
        json.WriteString("role"u8, "model"u8);
        json.WriteEndObject();
        json.WriteText("finishReason", GeminiReasons.Write(choice.Stop, choice.StopName));
        json.WriteNumber("index"u8, choice.Number);
        WriteExtras(json, choice);
        json.WriteEndObject();
    }

    void WritePart(Utf8JsonWriter json, CollectedChoice choice, CollectedPart part)
    {
        if (part.Kind == ReplyPartKind.Opaque)
        {
            if (IsOwn) part.Json.WriteTo(json);
            else shape.Losses.Add($"content.{part.Name}");
            return;
        }
        json.WriteStartObject();
        switch (part.Kind)
        {
            case ReplyPartKind.ToolCall:
                GeminiReplyParts.WriteCall(json, part, $"call_{shape.Id}_{part.Number}", IsOwn);
                break;
            case ReplyPartKind.Image or ReplyPartKind.Audio:
                GeminiReplyParts.WriteMedia(json, part, IsOwn);
                break;
            default:
                GeminiReplyParts.WriteText(json, part.Text, part.Kind == ReplyPartKind.Reasoning, IsOwn ? part.Signature : null);
                break;
        }
        foreach (var (name, at, number, value) in _reply.Extras)
            if (IsOwn && at == choice.Number && number == part.Number && GeminiReplyParts.IsBelow(name, GeminiExtras.Part))
                json.WriteJson(name[GeminiExtras.Part.Length..], value);
        json.WriteEndObject();
    }

    void WriteExtras(Utf8JsonWriter json, CollectedChoice choice)
    {
        var hasLogprobs = false;
        foreach (var (name, at, _, value) in _reply.Extras)
        {
            if (!IsOwn || at != choice.Number || !GeminiReplyParts.IsBelow(name, GeminiExtras.Candidate)) continue;
            var field = name[GeminiExtras.Candidate.Length..];
            hasLogprobs |= field == "logprobsResult";
            json.WriteJson(field, value);
        }
        if (!IsOwn)
        {
            var cited = choice.Parts.FirstOrDefault(static part => part.Annotations.Count > 0);
            if (cited is not null) GeminiCitations.Write(json, cited.Annotations, cited.Text, shape.Losses);
        }
        var logprobs = choice.Parts.SelectMany(static part => part.Logprobs).ToList();
        if (hasLogprobs || logprobs.Count == 0) return;
        json.WritePropertyName("logprobsResult"u8);
        GeminiLogprobs.Write(json, logprobs);
    }
}
