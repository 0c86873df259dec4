using System.Text.Json;

namespace Weir.Ai;

/// <summary>Images, documents, recordings and videos: bytes in base64, or a place in S3. Bedrock fetches nothing from the web.</summary>
static class BedrockMedia
{
    /// <summary>Whether a part has bytes that Bedrock can take, of a format that it knows.</summary>
    public static bool CanSay(Part part) => MediaOf(part) is { } media && IsReachable(media) && FormatOf(part) is not null;

    public static string LossOf(Part part) => part switch
    {
        ImagePart => "messages.image",
        AudioPart => "messages.audio",
        VideoPart => "messages.video",
        DocumentPart => "messages.file",
        _ => "messages.content",
    };

    /// <summary>Writes the field of the block and leaves its object open.</summary>
    public static void Write(Utf8JsonWriter writer, Part part, bool isOwn, ref int documents)
    {
        var kind = KindOf(part);
        var media = MediaOf(part)!;
        writer.WriteStartObject(kind);
        var format = FormatOf(part);
        if (format is not null) writer.WriteString("format"u8, format);
        if (part is DocumentPart document)
        {
            documents++;
            WireText.Write(writer, "name"u8, isOwn ? document.FileName ?? "" : BedrockBlockWriter.DocumentName(document.FileName, documents));
            if (document.Context is { } context) WireText.Write(writer, "context"u8, context);
            if (document.Citations is { } citations)
            {
                writer.WriteStartObject("citations"u8);
                writer.WriteBoolean("enabled"u8, citations);
                writer.WriteEndObject();
            }
        }
        writer.WriteStartObject("source"u8);
        if (media.Base64 is not null)
        {
            writer.WriteString("bytes"u8, media.Base64);
        }
        else
        {
            writer.WriteStartObject("s3Location"u8);
            WireText.Write(writer, "uri"u8, media.Url ?? "");
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    static bool IsReachable(Media media) => media.Base64 is not null || media.Url?.StartsWith("s3://", StringComparison.Ordinal) == true;

    static string KindOf(Part part) => part switch
    {
        ImagePart => "image",
        AudioPart => "audio",
        VideoPart => "video",
        _ => "document",
    };

    static Media? MediaOf(Part part) => part switch
    {
        ImagePart image => image.Media,
        AudioPart audio => audio.Media,
        VideoPart video => video.Media,
        DocumentPart document => document.Media,
        _ => null,
    };

    static string? FormatOf(Part part)
    {
        var media = MediaOf(part)!;
        var kind = KindOf(part);
        if (BedrockFormats.FormatOf(kind, media.MimeType) is { } format) return format;
        // A type that came from here and is not known is its own format.
        var isKinds = media.MimeType?.StartsWith(kind, StringComparison.Ordinal) == true;
        if (isKinds && part.Extras.Count == 0 && media.MimeType!.Split('/') is [_, var unknown]) return unknown;
        return part switch
        {
            ImagePart => BedrockFormats.FormatOf(kind, ImageType.Of(media.Base64)),
            DocumentPart { FileName: { } name } when name.LastIndexOf('.') is >= 0 and var dot => Extension(name[(dot + 1)..]),
            DocumentPart when media.MimeType is null => "pdf",
            _ => null,
        };
    }

    static string? Extension(string extension) => extension.ToLowerInvariant() switch
    {
        "pdf" or "csv" or "doc" or "docx" or "xls" or "xlsx" or "html" or "txt" or "md" => extension.ToLowerInvariant(),
        _ => null,
    };
}
