using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Weir.Ai.Plugins;

/// <summary>Lists of models as the vendors' APIs have them: <c>GET …/models</c> and <c>GET …/models/{id}</c>.</summary>
static class ModelList
{
    const string List = "/models";
    const string Item = "/models/";

    /// <summary>Whether a request asks for the list (id null) or for one model of it.</summary>
    public static bool IsAskedBy(Exchange exchange, out string? id)
    {
        id = null;
        if (exchange.Method != "GET") return false;
        var path = exchange.Path;
        if (path.EndsWith(List, StringComparison.Ordinal)) return true;
        var at = path.LastIndexOf(Item, StringComparison.Ordinal);
        if (at < 0) return false;
        id = Uri.UnescapeDataString(path[(at + Item.Length)..]);
        return id.Length > 0;
    }

    public static Answer All(IReadOnlyList<OfferedModel> models, DialectName dialect) => Write(json =>
    {
        json.WriteStartObject();
        if (dialect == DialectName.OpenAiChat) json.WriteString("object"u8, "list"u8);
        json.WriteStartArray(dialect == DialectName.Gemini ? "models"u8 : "data"u8);
        foreach (var model in models) WriteModel(json, model, dialect);
        json.WriteEndArray();
        if (dialect == DialectName.Anthropic)
        {
            json.WriteBoolean("has_more"u8, false);
            json.WriteString("first_id"u8, models.Count == 0 ? null : models[0].Asked);
            json.WriteString("last_id"u8, models.Count == 0 ? null : models[^1].Asked);
        }
        json.WriteEndObject();
    });

    public static Answer One(OfferedModel model, DialectName dialect) => Write(json => WriteModel(json, model, dialect));

    static void WriteModel(Utf8JsonWriter json, OfferedModel model, DialectName dialect)
    {
        json.WriteStartObject();
        switch (dialect)
        {
            case DialectName.Gemini:
                json.WriteString("name"u8, "models/" + model.Asked);
                json.WriteString("displayName"u8, model.DisplayName);
                json.WriteStartArray("supportedGenerationMethods"u8);
                foreach (var method in (ReadOnlySpan<string>)["generateContent", "streamGenerateContent", "countTokens"]) json.WriteStringValue(method);
                json.WriteEndArray();
                break;
            case DialectName.Anthropic:
                json.WriteString("type"u8, "model"u8);
                json.WriteString("id"u8, model.Asked);
                json.WriteString("display_name"u8, model.DisplayName);
                json.WriteString("created_at"u8, model.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString("id"u8, model.Asked);
                json.WriteString("object"u8, "model"u8);
                json.WriteNumber("created"u8, model.CreatedAt.ToUnixTimeSeconds());
                json.WriteString("owned_by"u8, "weir"u8);
                break;
        }
        json.WriteEndObject();
    }

    static Answer Write(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(body, WireText.Options);
        write(json);
        json.Flush();
        return Answer.Bytes(200, body.WrittenMemory, "application/json");
    }
}
