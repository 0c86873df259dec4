using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Thoughts of earlier turns, where the compatible providers put them: a field of text (<c>reasoning_content</c>, <c>reasoning</c>), a list of details with
/// signatures or encrypted (OpenRouter), a part of the content (Mistral).
/// </summary>
static class OpenAiChatReasoning
{
    public const string Content = "reasoning_content";
    public const string Plain = "reasoning";
    public const string Details = "reasoning_details";
    public const string Thinking = "thinking";

    public static void Read(WireObject wire, List<Part> parts)
    {
        var text = wire.Text(Content);
        var plain = wire.Text(Plain);
        var before = parts.Count;
        foreach (var detail in wire.Objects(Details)) parts.Add(ReadDetail(detail));
        if (parts.Count > before)
        {
            // Beside details the text says the same once more, unless a client has kept the proofs alone.
            if ((text ?? plain) is { Length: > 0 } whole && parts.FindIndex(before, static part => part is ReasoningPart { Text.Length: > 0 }) < 0)
                parts[before] = (ReasoningPart)parts[before] with { Text = whole };
            return;
        }
        if (text is not null) parts.Add(new ReasoningPart(text) { Field = Content });
        if (plain is { Length: > 0 }) parts.Add(new ReasoningPart(plain) { Field = Plain });
    }

    public static ReasoningPart ReadThinking(WireObject wire)
    {
        if (wire.Any("thinking") is { ValueKind: JsonValueKind.String })
            return new ReasoningPart(wire.Text("thinking") ?? "") { Field = Thinking, Signature = wire.Text("signature") };
        var text = string.Concat(wire.Objects("thinking").Select(static piece => piece.Text("text")));
        return new ReasoningPart(text) { Field = Thinking, Signature = wire.Text("signature") };
    }

    static ReasoningPart ReadDetail(WireObject detail)
    {
        var part = new ReasoningPart(detail.Text("text") ?? detail.Text("summary") ?? "")
        {
            Field = Details,
            Signature = detail.Text("signature"),
            Encrypted = detail.Text("data"),
            Id = detail.Text("id"),
            Format = detail.Text("format"),
        };
        return part with { Extras = detail.Rest() };
    }
}
