using System.Buffers;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Log probabilities of legacy completions: arrays beside each other (<c>tokens</c>, <c>token_logprobs</c>, <c>top_logprobs</c>, <c>text_offset</c>), where
/// Chat Completions has an array of tokens.
/// </summary>
static class CompletionLogprobs
{
    /// <summary>An array of token objects from the legacy form; empty when the value has another form, or no tokens.</summary>
    public static JsonText Read(Utf8JsonReader value)
    {
        var tokens = Wire.Find(value, "tokens"u8);
        if (tokens.TokenType != JsonTokenType.StartArray || Wire.IsEmptyArray(tokens)) return default;
        var logprobs = Wire.Find(value, "token_logprobs"u8);
        var tops = Wire.Find(value, "top_logprobs"u8);
        var hasLogprobs = logprobs.TokenType == JsonTokenType.StartArray;
        var hasTops = tops.TokenType == JsonTokenType.StartArray;
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, WireText.Options);
        json.WriteStartArray();
        while (tokens.Read() && tokens.TokenType != JsonTokenType.EndArray)
        {
            hasLogprobs = hasLogprobs && logprobs.Read() && logprobs.TokenType != JsonTokenType.EndArray;
            hasTops = hasTops && tops.Read() && tops.TokenType != JsonTokenType.EndArray;
            json.WriteStartObject();
            WireText.Write(json, "token", WireText.Read(ref tokens) ?? "");
            WriteLogprob(json, hasLogprobs ? logprobs : default);
            json.WriteNull("bytes");
            json.WriteStartArray("top_logprobs");
            if (hasTops && tops.TokenType == JsonTokenType.StartObject) WriteTop(json, ref tops);
            json.WriteEndArray();
            json.WriteEndObject();
            tokens.Skip();
        }
        json.WriteEndArray();
        json.Flush();
        return new JsonText(buffer.WrittenMemory);
    }

    /// <summary>Writes the legacy form.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="arrays">Arrays of token objects.</param>
    /// <param name="offset">Characters of text before the first token; then those before what follows.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<JsonText> arrays, ref int offset)
    {
        var documents = arrays.Select(static array => JsonDocument.Parse(array.Utf8)).ToList();
        var tokens = documents.SelectMany(static document => document.RootElement.EnumerateArray()).ToList();
        json.WriteStartObject();
        json.WriteStartArray("tokens");
        foreach (var token in tokens) WireText.Write(json, TokenOf(token));
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs");
        foreach (var token in tokens) WriteNumber(json, token);
        json.WriteEndArray();
        json.WriteStartArray("top_logprobs");
        foreach (var token in tokens) WriteTop(json, token);
        json.WriteEndArray();
        json.WriteStartArray("text_offset");
        foreach (var token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += TokenOf(token).Length;
        }
        json.WriteEndArray();
        json.WriteEndObject();
        documents.ForEach(static document => document.Dispose());
    }

    static void WriteLogprob(Utf8JsonWriter json, Utf8JsonReader logprob)
    {
        json.WritePropertyName("logprob");
        if (logprob.TokenType == JsonTokenType.Number) json.WriteRawValue(logprob.ValueSpan, skipInputValidation: true);
        else json.WriteNullValue();
    }

    static void WriteTop(Utf8JsonWriter json, ref Utf8JsonReader top)
    {
        while (top.Read() && top.TokenType == JsonTokenType.PropertyName)
        {
            json.WriteStartObject();
            WireText.Write(json, "token", WireText.Read(ref top));
            WriteLogprob(json, Wire.Take(ref top));
            json.WriteNull("bytes");
            json.WriteEndObject();
        }
    }

    static void WriteTop(Utf8JsonWriter json, JsonElement token)
    {
        if (token.ValueKind != JsonValueKind.Object || !token.TryGetProperty("top_logprobs", out var tops) || tops.ValueKind != JsonValueKind.Array)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        foreach (var top in tops.EnumerateArray())
        {
            json.WritePropertyName(TokenOf(top));
            WriteNumber(json, top);
        }
        json.WriteEndObject();
    }

    static void WriteNumber(Utf8JsonWriter json, JsonElement token)
    {
        if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("logprob", out var logprob) && logprob.ValueKind == JsonValueKind.Number)
            json.WriteRawValue(logprob.GetRawText(), skipInputValidation: true);
        else json.WriteNullValue();
    }

    static string TokenOf(JsonElement token) =>
        token.ValueKind == JsonValueKind.Object && token.TryGetProperty("token", out var text) && text.ValueKind == JsonValueKind.String
            ? WireObject.TextOf(text)
            : "";
}
