namespace Weir.Ai;

/// <summary>OpenAI's words for formats, and media types.</summary>
static class OpenAiChatMedia
{
    public static string AudioType(string format) => format switch
    {
        "mp3" => "audio/mpeg",
        "pcm16" => "audio/pcm",
        _ => "audio/" + format,
    };

    public static string AudioFormat(string? type) => type switch
    {
        "audio/mpeg" or "audio/mp3" => "mp3",
        "audio/wav" or "audio/x-wav" or "audio/wave" or null => "wav",
        "audio/pcm" => "pcm16",
        "audio/x-flac" => "flac",
        "audio/x-m4a" or "audio/mp4" => "m4a",
        _ => type[(type.IndexOf('/') + 1)..],
    };

    /// <summary>Name of the file at an address.</summary>
    public static string NameOf(string url)
    {
        var path = url.AsSpan(0, url.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? end : url.Length);
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.IsEmpty ? "document" : name.ToString();
    }

    /// <summary>Media type by the ending of a file's name; PDF where it has none, the kind that all providers take.</summary>
    public static string FileType(string? name) => Path.GetExtension(name)?.ToLowerInvariant() switch
    {
        ".txt" => "text/plain",
        ".md" => "text/markdown",
        ".csv" => "text/csv",
        ".html" or ".htm" => "text/html",
        ".json" => "application/json",
        ".docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/pdf",
    };
}
