using System.Text.Json;

namespace Weir.Ai;

/// <summary>Brings annotations of other dialects into this one's form where they are citations of addresses; the rest is a loss.</summary>
static class ResponsesAnnotations
{
    public static JsonText Of(JsonText annotations, DialectName? from, Losses losses)
    {
        if (from == DialectName.OpenAiResponses) return annotations;
        List<JsonText> kept = [];
        using var document = JsonDocument.Parse(annotations.Utf8);
        if (document.RootElement.ValueKind == JsonValueKind.Array)
            foreach (var one in document.RootElement.EnumerateArray())
                if (Flat(one) is { IsEmpty: false } flat) kept.Add(flat);
                else losses.Add("annotations");
        if (kept.Count == 0) return default;
        return WireJson.Build(json =>
        {
            json.WriteStartArray();
            foreach (var one in kept) one.WriteTo(json);
            json.WriteEndArray();
        });
    }

    /// <summary>Chat completions put the fields of a citation one level deeper.</summary>
    static JsonText Flat(JsonElement annotation)
    {
        if (annotation.TextOf("type") != "url_citation") return default;
        var fields = annotation.Field("url_citation") ?? annotation;
        if (fields.TextOf("url") is not { } url) return default;
        return WireJson.Build(json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "url_citation"u8);
            json.WriteNumber("end_index"u8, fields.CountOf("end_index"));
            json.WriteNumber("start_index"u8, fields.CountOf("start_index"));
            json.WriteText("title", fields.TextOf("title") ?? "");
            json.WriteText("url", url);
            json.WriteEndObject();
        });
    }
}
