using System.Text.Json;

namespace Weir.Ai;

/// <summary>One text of a prompt, and who says it.</summary>
readonly record struct SpokenText(Role Role, string Text);

/// <summary>
/// The texts that a call puts before a model, whatever is asked for and in whichever dialect: what guards and filters look at. Results of tools and names of
/// files are among them; media are not.
/// </summary>
static class SpokenTexts
{
    /// <summary>Fields that hold text in requests that are no conversations.</summary>
    static readonly string[] Fields = ["input", "prompt", "query", "documents", "texts", "content", "instructions", "negative_prompt"];

    /// <summary>The texts in order; null when the request cannot be read, which <paramref name="problems"/> tells.</summary>
    public static IReadOnlyList<SpokenText>? Of(LlmCall call, Problems problems)
    {
        if (call.Surface.Operation == Operation.Chat)
            return call.Read(problems) is { } request && problems.Found.Count == 0 ? OfChat(request) : null;
        List<SpokenText> texts = [];
        if (!call.IsJson) return texts;
        if (WireObject.Parse(call.Body, problems, out var document) is not { } read) return null;
        using (document)
        {
            foreach (var field in Fields)
                if (read.Any(field) is { } value) Collect(value, texts);
        }
        return texts;
    }

    static List<SpokenText> OfChat(ChatRequest request)
    {
        List<SpokenText> texts = [];
        foreach (var message in request.Messages)
            foreach (var part in message.Parts) Collect(message.Role, part, texts);
        return texts;
    }

    static void Collect(Role role, Part part, List<SpokenText> texts)
    {
        switch (part)
        {
            case TextPart text:
                texts.Add(new(role, text.Text));
                break;
            case ReasoningPart { Text.Length: > 0 } reasoning:
                texts.Add(new(role, reasoning.Text));
                break;
            case RefusalPart refusal:
                texts.Add(new(role, refusal.Text));
                break;
            case ToolCallPart call:
                texts.Add(new(role, call.Arguments));
                break;
            case ToolResultPart result:
                foreach (var piece in result.Content) Collect(Role.Tool, piece, texts);
                break;
            case DocumentPart { Context: { } context }:
                texts.Add(new(role, context));
                break;
            case OpaquePart opaque:
                texts.Add(new(role, opaque.Json.ToString()));
                break;
            default:
                break;
        }
    }

    static void Collect(JsonElement value, List<SpokenText> texts)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                texts.Add(new(Role.User, value.GetString()!));
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Collect(item, texts);
                break;
            case JsonValueKind.Object:
                foreach (var field in value.EnumerateObject()) Collect(field.Value, texts);
                break;
            default:
                break;
        }
    }
}
