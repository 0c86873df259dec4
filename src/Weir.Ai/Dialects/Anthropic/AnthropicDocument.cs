using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Document blocks: PDF as bytes, text as text.</summary>
static class AnthropicDocument
{
    /// <summary>Whether there is a source for a document of this type. What came in this dialect is passed on, whatever it is.</summary>
    public static bool IsTaken(DocumentPart document, bool isOwn) =>
        isOwn || document.Media.Base64 is null || TypeOf(document) == "application/pdf" || IsText(TypeOf(document));

    public static void Write(Utf8JsonWriter writer, DocumentPart document)
    {
        writer.WriteString("type"u8, "document"u8);
        var type = TypeOf(document);
        if (document.Media.Base64 is { } base64 && IsText(type) && TextOf(base64) is { } text)
        {
            writer.WriteStartObject("source"u8);
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("media_type"u8, "text/plain"u8);
            WireText.Write(writer, "data"u8, text);
            writer.WriteEndObject();
        }
        else
        {
            AnthropicBlockWriter.WriteSource(writer, document.Media, type);
        }
        if (document.FileName is { } title) WireText.Write(writer, "title"u8, title);
        if (document.Context is { } context) WireText.Write(writer, "context"u8, context);
        if (document.Citations is not { } citations) return;
        writer.WriteStartObject("citations"u8);
        writer.WriteBoolean("enabled"u8, citations);
        writer.WriteEndObject();
    }

    static string TypeOf(DocumentPart document) => document.Media.MimeType ?? "application/pdf";

    static bool IsText(string type) => type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || type is "application/json" or "application/xml";

    static string? TextOf(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
