using System.Text.Json;

namespace Weir.Ai;

/// <summary>Citations as annotations.</summary>
static class CohereCitations
{
    /// <summary>One citation of a text part.</summary>
    public static ReplyEvent Event(int part, JsonElement citation) => new()
    {
        Kind = ReplyEventKind.Annotations,
        Part = part,
        PartKind = ReplyPartKind.Text,
        Json = WireJson.Build(json =>
        {
            json.WriteStartArray();
            json.WriteJson(citation);
            json.WriteEndArray();
        }),
    };

    /// <summary>
    /// Cohere's own citations as they are; those of an address are turned into ones with a document as their source. The rest is a loss.
    /// </summary>
    public static List<JsonText> Of(JsonText annotations, bool isOwn, string text, Losses losses)
    {
        List<JsonText> citations = [];
        using var document = JsonDocument.Parse(annotations.Utf8);
        if (document.RootElement.ValueKind != JsonValueKind.Array) return citations;
        foreach (var one in document.RootElement.EnumerateArray())
        {
            if (isOwn) citations.Add(WireJson.Copy(one));
            else if (OfAddress(one, text) is { IsEmpty: false } citation) citations.Add(citation);
            else losses.Add("annotations");
        }
        return citations;
    }

    static JsonText OfAddress(JsonElement annotation, string text)
    {
        if (annotation.TextOf("type") != "url_citation") return default;
        var fields = annotation.Field("url_citation") ?? annotation;
        if (fields.TextOf("url") is not { } url) return default;
        var start = (int)Math.Clamp(fields.CountOf("start_index"), 0, text.Length);
        var end = (int)Math.Clamp(fields.CountOf("end_index"), start, text.Length);
        return WireJson.Build(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("start"u8, start);
            json.WriteNumber("end"u8, end);
            json.WriteText("text", text[start..end]);
            json.WriteStartArray("sources"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "document"u8);
            json.WriteText("id", url);
            json.WriteStartObject("document"u8);
            json.WriteText("id", url);
            json.WriteText("title", fields.TextOf("title") ?? "");
            json.WriteText("url", url);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("type"u8, "TEXT_CONTENT"u8);
            json.WriteEndObject();
        });
    }
}
