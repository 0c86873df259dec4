using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes a whole answer.</summary>
sealed class CohereWholeWriter(ReplyShape shape, IBufferWriter<byte> output) : ReplyWriter
{
    readonly CollectedReply _reply = new();

    bool IsOwn => _reply.Dialect == DialectName.Cohere;

    public override void On(in ReplyEvent reply) => _reply.On(reply);

    public override void Complete()
    {
        if (_reply.Error is { } error)
        {
            CohereErrors.Write(error, shape.Id, output);
            return;
        }
        if (_reply.Choices.Count > 1) shape.Losses.Add("choices");
        var choice = _reply.Choices.FirstOrDefault(static choice => choice.Number == 0) ?? new CollectedChoice(0);
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        json.WriteText("id", (IsOwn ? _reply.Id : null) ?? shape.Id);
        json.WriteText("finish_reason", IsOwn && choice.StopName is { } word ? word : CohereReasons.Write(choice.Stop));
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        WriteContent(json, choice);
        WriteCalls(json, choice);
        WriteCitations(json, choice);
        json.WriteEndObject();
        WriteRest(json, choice);
        json.WriteEndObject();
    }

    void WriteContent(Utf8JsonWriter json, CollectedChoice choice)
    {
        var isOpen = false;
        foreach (var part in choice.Parts)
        {
            if (IsPlan(part))
            {
                json.WriteText("tool_plan", part.Text);
                continue;
            }
            if (part.Kind == ReplyPartKind.ToolCall) continue;
            if (part.Kind is ReplyPartKind.Audio or ReplyPartKind.Image || (part.Kind == ReplyPartKind.Opaque && !IsOwn))
            {
                shape.Losses.Add($"message.{(part.Kind == ReplyPartKind.Opaque ? part.Name : part.Kind == ReplyPartKind.Audio ? "audio" : "image")}");
                continue;
            }
            if (!isOpen) json.WriteStartArray("content"u8);
            isOpen = true;
            if (part.Kind == ReplyPartKind.Opaque)
            {
                part.Json.WriteTo(json);
                continue;
            }
            var type = part.Kind == ReplyPartKind.Reasoning ? "thinking" : "text";
            json.WriteStartObject();
            json.WriteText("type", type);
            json.WriteText(type, part.Text);
            json.WriteEndObject();
        }
        if (isOpen) json.WriteEndArray();
    }

    bool IsPlan(CollectedPart part) => IsOwn && part is { Kind: ReplyPartKind.Text, Name: CohereNames.ToolPlan };

    void WriteCalls(Utf8JsonWriter json, CollectedChoice choice)
    {
        var isOpen = false;
        foreach (var part in choice.Parts)
        {
            if (part.Kind != ReplyPartKind.ToolCall) continue;
            if (!isOpen) json.WriteStartArray("tool_calls"u8);
            isOpen = true;
            json.WriteStartObject();
            json.WriteText("id", part.Id ?? $"call_{shape.Id}_{part.Number}");
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteText("name", part.Name ?? "");
            json.WriteText("arguments", part.Text);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        if (isOpen) json.WriteEndArray();
    }

    void WriteCitations(Utf8JsonWriter json, CollectedChoice choice)
    {
        var isOpen = false;
        foreach (var part in choice.Parts)
        {
            foreach (var annotations in part.Annotations)
            {
                foreach (var citation in CohereCitations.Of(annotations, IsOwn, part.Text, shape.Losses))
                {
                    if (!isOpen) json.WriteStartArray("citations"u8);
                    isOpen = true;
                    citation.WriteTo(json);
                }
            }
        }
        if (isOpen) json.WriteEndArray();
    }

    void WriteRest(Utf8JsonWriter json, CollectedChoice choice)
    {
        var hasLogprobs = false;
        foreach (var (name, _, _, value) in _reply.Extras)
        {
            hasLogprobs |= IsOwn && name == CohereNames.Logprobs;
            if (IsOwn) json.WriteJson(name, value);
            else shape.Losses.Add(name);
        }
        if (IsOwn && !_reply.UsageJson.IsEmpty) json.WriteJson("usage", _reply.UsageJson);
        else if (_reply.Usage is { } usage) CohereUsage.Write(json, usage);
        var logprobs = choice.Parts.SelectMany(static part => part.Logprobs).ToList();
        if (!hasLogprobs && logprobs.Count > 0) CohereLogprobs.Write(json, logprobs);
    }
}
