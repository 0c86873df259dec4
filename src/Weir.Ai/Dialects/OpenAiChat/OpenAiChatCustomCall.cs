using System.Text.Json;

namespace Weir.Ai;

/// <summary>Calls of custom tools, whose input is text of any kind: passed on whole.</summary>
static class OpenAiChatCustomCall
{
    /// <summary>Writes the fields of the call into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, JsonText call)
    {
        var reader = new Utf8JsonReader(call.Utf8.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            json.WritePropertyName(reader.ValueSpan);
            json.WriteRawValue(Wire.Span(Wire.Take(ref reader), call.Utf8.Span), skipInputValidation: true);
        }
    }
}
