using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Turns logprobsResult into the array of tokens that OpenAI sends, and back.</summary>
static class GeminiLogprobs
{
    public static JsonText Read(JsonElement result)
    {
        if (!result.TryGet("chosenCandidates", out var chosen) || chosen.ValueKind != JsonValueKind.Array) return default;
        var hasTop = result.TryGet("topCandidates", out var top) && top.ValueKind == JsonValueKind.Array;
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, WireText.Options))
        {
            json.WriteStartArray();
            var index = 0;
            foreach (var token in chosen.EnumerateArray())
            {
                json.WriteStartObject();
                WriteToken(json, token);
                json.WriteStartArray("top_logprobs"u8);
                if (hasTop && index < top.GetArrayLength() && top[index].TryGet("candidates", out var others) && others.ValueKind == JsonValueKind.Array)
                {
                    foreach (var other in others.EnumerateArray())
                    {
                        json.WriteStartObject();
                        WriteToken(json, other);
                        json.WriteEndObject();
                    }
                }
                json.WriteEndArray();
                json.WriteEndObject();
                index++;
            }
            json.WriteEndArray();
        }
        return new JsonText(output.WrittenMemory.ToArray());
    }

    static void WriteToken(Utf8JsonWriter json, JsonElement token)
    {
        json.WriteText("token", token.Text("token") ?? "");
        json.WritePropertyName("logprob"u8);
        if (token.TryGet("logProbability", out var number) && number.ValueKind == JsonValueKind.Number) json.WriteJson(number);
        else json.WriteNumberValue(0);
        json.WriteNull("bytes"u8);
    }

    /// <summary>Writes the value of logprobsResult from arrays of OpenAI's tokens.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<JsonText> arrays)
    {
        List<JsonDocument> documents = [];
        foreach (var array in arrays) documents.Add(JsonDocument.Parse(array.Utf8));
        json.WriteStartObject();
        json.WriteStartArray("chosenCandidates"u8);
        foreach (var document in documents)
            foreach (var token in document.RootElement.EnumerateArray()) WriteBack(json, token);
        json.WriteEndArray();
        json.WriteStartArray("topCandidates"u8);
        foreach (var document in documents)
        {
            foreach (var token in document.RootElement.EnumerateArray())
            {
                json.WriteStartObject();
                json.WriteStartArray("candidates"u8);
                if (token.TryGet("top_logprobs", out var top) && top.ValueKind == JsonValueKind.Array)
                    foreach (var other in top.EnumerateArray()) WriteBack(json, other);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            document.Dispose();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteBack(Utf8JsonWriter json, JsonElement token)
    {
        json.WriteStartObject();
        json.WriteText("token", token.Text("token") ?? "");
        if (token.TryGet("logprob", out var number))
        {
            json.WritePropertyName("logProbability"u8);
            json.WriteJson(number);
        }
        json.WriteEndObject();
    }
}
