namespace Weir.Ai;

/// <summary>What reading and writing of parts share.</summary>
static class GeminiParts
{
    public const string Signature = "thoughtSignature";

    /// <summary>Parts that go through as they are: code that Google ran, calls of tools that it runs itself.</summary>
    public static readonly string[] Opaque = ["executableCode", "codeExecutionResult", "toolCall", "toolResponse"];

    /// <summary>The part for a file by its MIME type; one without a type at a video site is a video.</summary>
    public static Part OfMedia(Media media, WireObject from, string path)
    {
        var type = media.MimeType ?? (media.Url is { } url && url.Contains("youtu", StringComparison.Ordinal) ? "video/*" : "");
        if (type.StartsWith("image/", StringComparison.OrdinalIgnoreCase)) return new ImagePart(media) { Extras = Below(path, from.Rest()) };
        if (type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase)) return new AudioPart(media) { Extras = Below(path, from.Rest()) };
        if (type.StartsWith("video/", StringComparison.OrdinalIgnoreCase)) return new VideoPart(media) { Extras = Below(path, from.Rest()) };
        var fileName = from.Text("displayName".In(from));
        return new DocumentPart(media) { FileName = fileName, Extras = Below(path, from.Rest()) };
    }

    /// <summary>Extras with the path of the object that they stand in before their names.</summary>
    public static List<Extra> Below(string path, List<Extra> extras) => extras.ConvertAll(extra => extra with { Name = path + extra.Name });

    /// <summary>A file at Google that nobody else can fetch.</summary>
    public static bool IsOwnFile(string uri) =>
        uri.StartsWith("gs://", StringComparison.Ordinal) || uri.StartsWith("https://generativelanguage.googleapis.com/", StringComparison.Ordinal);
}
