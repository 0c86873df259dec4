using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes the conversation: the field <c>system</c> and the field <c>messages</c>.</summary>
static class AnthropicMessageWriter
{
    public static void Write(ChatRequest request, ModelTarget target, Losses losses, Utf8JsonWriter writer)
    {
        var blocks = new AnthropicBlockWriter(request.Dialect, target, losses, writer);
        var turns = Turns.Of(request, DialectName.Anthropic, losses, blocks.IsTaken);
        if (turns.System.Count > 0)
        {
            writer.WritePropertyName("system"u8);
            blocks.WriteContent(turns.System);
        }
        writer.WriteStartArray("messages"u8);
        foreach (var turn in turns.All)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, turn.Role switch { Role.Assistant => "assistant"u8, Role.System => "system"u8, _ => "user"u8 });
            writer.WritePropertyName("content"u8);
            blocks.WriteContent(turn.Parts);
            ExtraFields.WriteFields(writer, turn.Extras);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
