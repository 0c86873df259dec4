using System.Text.Json;

namespace Weir.Ai;

/// <summary>Log probabilities of a message's tokens, and of a refusal's.</summary>
static class OpenAiChatLogprobs
{
    /// <summary>Writes the field <c>logprobs</c>; empty texts are null.</summary>
    public static void Write(Utf8JsonWriter json, JsonText content, JsonText refusal)
    {
        json.WriteStartObject("logprobs"u8);
        WriteArray(json, "content", content);
        WriteArray(json, "refusal", refusal);
        json.WriteEndObject();
    }

    static void WriteArray(Utf8JsonWriter json, string name, JsonText tokens)
    {
        json.WritePropertyName(name);
        if (tokens.IsEmpty) json.WriteNullValue();
        else tokens.WriteTo(json);
    }
}
