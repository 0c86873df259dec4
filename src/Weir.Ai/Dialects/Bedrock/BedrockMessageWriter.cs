using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes the conversation: the fields <c>messages</c> and <c>system</c>.</summary>
static class BedrockMessageWriter
{
    public static void Write(ChatRequest request, ModelTarget target, Losses losses, Utf8JsonWriter writer)
    {
        var blocks = new BedrockBlockWriter(request.Dialect, target, losses, writer);
        var turns = Turns.Of(request, DialectName.Bedrock, losses, blocks.IsTaken);
        writer.WriteStartArray("messages"u8);
        foreach (var turn in turns.All)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, turn.Role == Role.Assistant ? "assistant"u8 : "user"u8);
            writer.WriteStartArray("content"u8);
            foreach (var part in turn.Parts) blocks.Write(part);
            // A document must have a text beside it.
            if (request.Dialect != DialectName.Bedrock && NeedsText(turn)) blocks.Write(new TextPart("."));
            writer.WriteEndArray();
            ExtraFields.WriteFields(writer, turn.Extras);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (turns.System.Count == 0) return;
        writer.WriteStartArray("system"u8);
        foreach (var part in turns.System) blocks.Write(part);
        writer.WriteEndArray();
    }

    static bool NeedsText(Turn turn) =>
        turn.Parts.Exists(static part => part is DocumentPart) && !turn.Parts.Exists(static part => part is TextPart);
}
