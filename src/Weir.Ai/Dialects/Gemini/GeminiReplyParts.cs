using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes parts and the frame of answers, for whole ones and for chunks alike.</summary>
static class GeminiReplyParts
{
    public static void WriteText(Utf8JsonWriter json, string text, bool isThought, string? signature)
    {
        json.WriteText("text", text);
        if (isThought) json.WriteBoolean("thought"u8, true);
        if (signature is not null) json.WriteText(GeminiParts.Signature, signature);
    }

    public static void WriteCall(Utf8JsonWriter json, CollectedPart part, string madeId, bool isOwn)
    {
        json.WriteStartObject("functionCall"u8);
        if ((part.Id ?? (isOwn ? null : madeId)) is { } id) json.WriteText("id", id);
        json.WriteText("name", part.Name ?? "");
        json.WritePropertyName("args"u8);
        var arguments = part.Text;
        if (WireJson.IsObject(arguments))
        {
            json.WriteRawValue(arguments, skipInputValidation: true);
        }
        else
        {
            // Cut off, or no object: what the model wrote is shown rather than nothing.
            json.WriteStartObject();
            if (arguments.AsSpan().Trim().Length > 0) json.WriteText("arguments", arguments);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        if (isOwn && part.Signature is not null) json.WriteText(GeminiParts.Signature, part.Signature);
    }

    public static void WriteMedia(Utf8JsonWriter json, CollectedPart part, bool isOwn)
    {
        json.WriteStartObject("inlineData"u8);
        json.WriteText("mimeType", part.Name ?? (part.Kind == ReplyPartKind.Audio ? "audio/wav" : "image/png"));
        json.WriteText("data", part.Text);
        json.WriteEndObject();
        if (isOwn && part.Signature is not null) json.WriteText(GeminiParts.Signature, part.Signature);
    }

    /// <summary>The fields behind the candidates: usage as it came where it came from Gemini.</summary>
    public static void WriteTail(Utf8JsonWriter json, ReplyShape shape, CollectedReply reply)
    {
        var isOwn = reply.Dialect == DialectName.Gemini;
        WriteUsage(json, reply.Usage, isOwn ? reply.UsageJson : default);
        if ((shape.Model ?? reply.Model) is { } model) json.WriteText("modelVersion", model);
        json.WriteText("responseId", reply.Id ?? shape.Id);
        if (isOwn) WriteFields(json, reply.Json);
        foreach (var (name, _, _, value) in reply.Extras)
        {
            if (!isOwn) shape.Losses.Add(name);
            else if (IsOfReply(name)) json.WriteJson(name, value);
        }
    }

    /// <summary>Whether an extra is a field of the answer itself.</summary>
    public static bool IsOfReply(string name) => !IsBelow(name, GeminiExtras.Candidate) && !IsBelow(name, GeminiExtras.Part);

    public static void WriteUsage(Utf8JsonWriter json, TokenUsage? usage, JsonText own)
    {
        if (!own.IsEmpty) json.WriteJson("usageMetadata", own);
        else if (usage is not null) GeminiUsage.Write(json, usage);
    }

    public static bool IsBelow(string name, string path) => name.StartsWith(path, StringComparison.Ordinal);

    /// <summary>Writes the fields of an object.</summary>
    public static void WriteFields(Utf8JsonWriter json, JsonText fields)
    {
        if (fields.IsEmpty) return;
        using var document = WireJson.Parse(fields.Utf8);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            json.WritePropertyName(field.Name);
            json.WriteJson(field.Value);
        }
    }
}
