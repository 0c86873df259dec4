namespace Weir.Ai;

/// <summary>Bedrock names the formats of images, documents, recordings and videos by words of its own.</summary>
static class BedrockFormats
{
    static readonly (string Format, string MimeType)[] Images =
        [("png", "image/png"), ("jpeg", "image/jpeg"), ("gif", "image/gif"), ("webp", "image/webp")];

    static readonly (string Format, string MimeType)[] Documents =
    [
        ("pdf", "application/pdf"), ("csv", "text/csv"), ("html", "text/html"), ("txt", "text/plain"), ("md", "text/markdown"),
        ("doc", "application/msword"), ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xls", "application/vnd.ms-excel"), ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ];

    static readonly (string Format, string MimeType)[] Videos =
    [
        ("mp4", "video/mp4"), ("mov", "video/quicktime"), ("mkv", "video/x-matroska"), ("webm", "video/webm"), ("flv", "video/x-flv"),
        ("mpeg", "video/mpeg"), ("mpg", "video/mpg"), ("wmv", "video/x-ms-wmv"), ("three_gp", "video/3gpp"),
    ];

    static readonly (string Format, string MimeType)[] Sounds =
    [
        ("mp3", "audio/mpeg"), ("wav", "audio/wav"), ("opus", "audio/opus"), ("aac", "audio/aac"), ("flac", "audio/flac"), ("mp4", "audio/mp4"),
        ("ogg", "audio/ogg"), ("mkv", "audio/x-matroska"), ("mka", "audio/mka"), ("x-aac", "audio/x-aac"), ("m4a", "audio/m4a"), ("mpeg", "audio/x-mpeg"),
        ("mpga", "audio/mpga"), ("pcm", "audio/pcm"), ("webm", "audio/webm"),
    ];

    /// <summary>The media type of a format. One that is not known is kept as a type of its family.</summary>
    public static string MimeTypeOf(string block, string format)
    {
        foreach (var known in Of(block))
            if (known.Format == format) return known.MimeType;
        return $"{(block == "document" ? "application" : block)}/{format}";
    }

    /// <summary>The format of a media type; null when there is none.</summary>
    public static string? FormatOf(string block, string? mimeType)
    {
        if (mimeType is null) return null;
        foreach (var known in Of(block))
            if (known.MimeType.Equals(mimeType, StringComparison.OrdinalIgnoreCase)) return known.Format;
        return mimeType.ToLowerInvariant() switch
        {
            "image/jpg" => "jpeg",
            "audio/mp3" => "mp3",
            "audio/x-wav" or "audio/wave" => "wav",
            "application/json" or "application/xml" when block == "document" => "txt",
            var text when block == "document" && text.StartsWith("text/", StringComparison.Ordinal) => "txt",
            _ => null,
        };
    }

    static (string Format, string MimeType)[] Of(string block) => block switch
    {
        "image" => Images,
        "document" => Documents,
        "video" => Videos,
        _ => Sounds,
    };
}
