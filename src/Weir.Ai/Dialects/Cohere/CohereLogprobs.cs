using System.Text.Json;

namespace Weir.Ai;

/// <summary>Turns logprobs into the array of tokens that OpenAI sends, and back.</summary>
static class CohereLogprobs
{
    public static JsonText Read(JsonElement logprobs)
    {
        if (logprobs.ValueKind != JsonValueKind.Array) return default;
        return WireJson.Build(json =>
        {
            json.WriteStartArray();
            foreach (var one in logprobs.EnumerateArray())
            {
                json.WriteStartObject();
                json.WriteText("token", one.TextOf("text") ?? "");
                json.WritePropertyName("logprob"u8);
                if (one.Items("logprobs").FirstOrDefault() is { ValueKind: JsonValueKind.Number } number) json.WriteJson(number);
                else json.WriteNumberValue(0);
                json.WriteNull("bytes"u8);
                json.WriteJson("top_logprobs", JsonText.Of("[]"));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    public static void Write(Utf8JsonWriter json, IEnumerable<JsonText> arrays)
    {
        json.WriteStartArray("logprobs"u8);
        foreach (var array in arrays)
        {
            using var document = JsonDocument.Parse(array.Utf8);
            foreach (var token in document.RootElement.EnumerateArray())
            {
                json.WriteStartObject();
                json.WriteJson("token_ids", JsonText.Of("[]"));
                json.WriteText("text", token.TextOf("token") ?? "");
                json.WriteStartArray("logprobs"u8);
                if (token.Field("logprob") is { ValueKind: JsonValueKind.Number } number) json.WriteJson(number);
                json.WriteEndArray();
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }
}
