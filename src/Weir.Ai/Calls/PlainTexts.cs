using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Reads the texts of the most common conversation there is, OpenAI's with nothing in its messages but a role and a string, without reading anything else of
/// it. Whatever is not just that is for the dialect's own reader.
/// </summary>
static class PlainTexts
{
    /// <summary>The texts of a valid JSON object in order; null when some message holds anything else.</summary>
    public static List<SpokenText>? Of(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = PromptScan.DepthMax });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMessages = reader.ValueTextEquals("messages"u8);
            reader.Read();
            if (isMessages) return reader.TokenType == JsonTokenType.StartArray ? Read(ref reader) : null;
            reader.Skip();
        }
        return null;
    }

    static List<SpokenText>? Read(ref Utf8JsonReader reader)
    {
        List<SpokenText> texts = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (ReadMessage(ref reader, texts.Count) is not { } text) return null;
            texts.Add(text);
        }
        return reader.TokenType == JsonTokenType.EndArray && texts.Count > 0 ? texts : null;
    }

    static SpokenText? ReadMessage(ref Utf8JsonReader reader, int number)
    {
        Role? role = null;
        string? content = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isRole, isContent) = (reader.ValueTextEquals("role"u8), reader.ValueTextEquals("content"u8));
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) return null;
            if (isRole && role is null) role = RoleOf(ref reader);
            else if (isContent && content is null) content = WireText.Read(ref reader);
            else return null;
        }
        return role is { } who && content is { Length: > 0 } ? new SpokenText(who, content, number) : null;
    }

    static Role? RoleOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("user"u8) ? Role.User
        : reader.ValueTextEquals("assistant"u8) ? Role.Assistant
        : reader.ValueTextEquals("system"u8) ? Role.System
        : reader.ValueTextEquals("developer"u8) ? Role.Developer
        : null;
}
