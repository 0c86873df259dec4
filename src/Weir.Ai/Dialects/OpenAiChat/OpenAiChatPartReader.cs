using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads the parts of a message's content.</summary>
static class OpenAiChatPartReader
{
    public static Part? Read(WireObject wire)
    {
        var cache = ReadCache(wire);
        var kind = wire.RequiredText("type");
        Part? part = kind switch
        {
            "text" => new TextPart(wire.RequiredText("text")) { Annotations = wire.Raw("annotations") },
            "refusal" => new RefusalPart(wire.RequiredText("refusal")),
            "image_url" => ReadImage(wire),
            "input_audio" => ReadAudio(wire),
            "file" => ReadFile(wire),
            "video_url" => ReadVideo(wire),
            "document_url" => ReadDocument(wire),
            "thinking" => OpenAiChatReasoning.ReadThinking(wire),
            "" => null,
            _ => new OpaquePart(kind, wire.Whole()),
        };
        if (part is null or OpaquePart) return part;
        var rest = wire.Rest();
        return cache is null && rest.Count == 0 ? part : part with { Cache = cache, Extras = rest };
    }

    /// <summary>The mark that OpenRouter and others take from Anthropic.</summary>
    public static CacheMark? ReadCache(WireObject wire) =>
        wire.Has("cache_control") && wire.Object("cache_control") is { } mark ? new CacheMark(mark.Text("ttl")) : null;

    static ImagePart? ReadImage(WireObject wire)
    {
        var (url, detail) = ReadUrl(wire, "image_url");
        return ReadMedia(wire, "image_url", url) is { } media ? new ImagePart(media) { Detail = detail } : null;
    }

    static VideoPart? ReadVideo(WireObject wire) =>
        ReadMedia(wire, "video_url", ReadUrl(wire, "video_url").Url) is { } media ? new VideoPart(media) : null;

    static DocumentPart? ReadDocument(WireObject wire) =>
        ReadMedia(wire, "document_url", ReadUrl(wire, "document_url").Url) is { } media ? new DocumentPart(media) : null;

    /// <summary>An address: <c>{"url": "…"}</c>, or the text itself as Mistral takes it.</summary>
    static (string? Url, string? Detail) ReadUrl(WireObject wire, string field)
    {
        if (wire.Any(field) is { ValueKind: JsonValueKind.String }) return (wire.Text(field), null);
        if (wire.Object(field) is { } inner) return (inner.RequiredText("url"), inner.Text("detail"));
        if (!wire.Has(field)) wire.Missing(field);
        return default;
    }

    static Media? ReadMedia(WireObject wire, string field, string? url)
    {
        if (string.IsNullOrEmpty(url)) return null;
        var media = Media.OfUrl(url);
        if (media is null) wire.Problem(field, "must be an address, or a data: URL in base64");
        return media;
    }

    static AudioPart? ReadAudio(WireObject wire)
    {
        if (wire.Object("input_audio") is not { } audio)
        {
            if (!wire.Has("input_audio")) wire.Missing("input_audio");
            return null;
        }
        return new AudioPart(new Media { Base64 = audio.RequiredText("data"), MimeType = OpenAiChatMedia.AudioType(audio.RequiredText("format")) });
    }

    static DocumentPart? ReadFile(WireObject wire)
    {
        if (wire.Object("file") is not { } file)
        {
            if (!wire.Has("file")) wire.Missing("file");
            return null;
        }
        var name = file.Text("filename");
        if (file.Text("file_id") is { } id) return new DocumentPart(new Media { FileId = id }) { FileName = name };
        if (file.Text("file_data") is not { } data)
        {
            file.Problem("file_data", "or file_id is required");
            return null;
        }

        // OpenRouter takes an address here. Some clients send the base64 without the data: URL around it.
        var isAddress = data.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || data.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        if (isAddress) return new DocumentPart(new Media { Url = data }) { FileName = name ?? OpenAiChatMedia.NameOf(data) };
        var media = data.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? Media.OfUrl(data)
            : new Media { MimeType = OpenAiChatMedia.FileType(name), Base64 = data };
        if (media is null) file.Problem("file_data", "must be a data: URL in base64");
        return media is null ? null : new DocumentPart(media) { FileName = name };
    }
}
