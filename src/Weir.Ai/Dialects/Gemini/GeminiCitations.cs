using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Turns grounding in web pages into citations of addresses, the form of OpenAI's that other dialects read, and such citations into citationMetadata. Google
/// counts in bytes of UTF-8, OpenAI in characters.
/// </summary>
static class GeminiCitations
{
    public static JsonText Read(JsonElement grounding, string text)
    {
        if (!grounding.TryGet("groundingSupports", out var supports) || supports.ValueKind != JsonValueKind.Array) return default;
        if (!grounding.TryGet("groundingChunks", out var chunks) || chunks.ValueKind != JsonValueKind.Array) return default;
        var utf8 = Encoding.UTF8.GetBytes(text);
        var hasAny = false;
        var read = WireJson.Build(json =>
        {
            json.WriteStartArray();
            foreach (var support in supports.EnumerateArray())
            {
                if (!support.TryGet("segment", out var segment)) continue;
                var start = Characters(utf8, segment.Count("startIndex"));
                var end = Characters(utf8, segment.Count("endIndex"));
                if (!support.TryGet("groundingChunkIndices", out var indices) || indices.ValueKind != JsonValueKind.Array) continue;
                foreach (var index in indices.EnumerateArray())
                {
                    if (index.ValueKind != JsonValueKind.Number || !index.TryGetInt32(out var at) || at < 0 || at >= chunks.GetArrayLength()) continue;
                    if (!chunks[at].TryGet("web", out var web) || web.Text("uri") is not { } uri) continue;
                    hasAny = true;
                    json.WriteStartObject();
                    json.WriteString("type"u8, "url_citation"u8);
                    json.WriteNumber("start_index"u8, start);
                    json.WriteNumber("end_index"u8, end);
                    json.WriteText("title", web.Text("title") ?? "");
                    json.WriteText("url", uri);
                    json.WriteEndObject();
                }
            }
            json.WriteEndArray();
        });
        return hasAny ? read : default;
    }

    /// <summary>Writes citationMetadata of the citations of addresses among the annotations; the rest is a loss.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<JsonText> annotations, string text, Losses losses)
    {
        var isOpen = false;
        foreach (var array in annotations)
        {
            using var document = JsonDocument.Parse(array.Utf8);
            foreach (var one in document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray() : default)
            {
                var fields = one.Field("url_citation") ?? one;
                if (one.TextOf("type") != "url_citation" || fields.TextOf("url") is not { } url)
                {
                    losses.Add("annotations");
                    continue;
                }
                if (!isOpen)
                {
                    json.WriteStartObject("citationMetadata"u8);
                    json.WriteStartArray("citationSources"u8);
                }
                isOpen = true;
                json.WriteStartObject();
                json.WriteNumber("startIndex"u8, Bytes(text, fields.CountOf("start_index")));
                json.WriteNumber("endIndex"u8, Bytes(text, fields.CountOf("end_index")));
                json.WriteText("uri", url);
                json.WriteEndObject();
            }
        }
        if (!isOpen) return;
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static int Characters(byte[] utf8, long bytes) => Encoding.UTF8.GetCharCount(utf8, 0, (int)Math.Clamp(bytes, 0, utf8.Length));

    static int Bytes(string text, long characters) => Encoding.UTF8.GetByteCount(text.AsSpan(0, (int)Math.Clamp(characters, 0, text.Length)));
}
