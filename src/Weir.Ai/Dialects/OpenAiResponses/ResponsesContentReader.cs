using System.Text.Json;

namespace Weir.Ai;

/// <summary>Reads the content of a message or of a function's output: a string, or a list of parts.</summary>
static class ResponsesContentReader
{
    public static void Read(WireObject item, string name, List<Part> parts)
    {
        if (item.Any(name) is not { } content) return;
        if (content.ValueKind == JsonValueKind.String)
        {
            parts.Add(new TextPart(WireJson.TextOf(content)));
            return;
        }
        if (content.ValueKind != JsonValueKind.Array)
        {
            item.Problem(name, "must be a string or an array of parts");
            return;
        }
        foreach (var part in item.Objects(name))
            if (Read(part) is { } read) parts.Add(read);
    }

    static Part? Read(WireObject part)
    {
        var type = part.RequiredText("type");
        if (type.Length == 0) return null;
        var cache = ReadCache(part);
        Part? read = type switch
        {
            "input_text" => new TextPart(part.RequiredText("text")),
            "output_text" => ReadOutputText(part),
            "refusal" => new RefusalPart(part.RequiredText("refusal")),
            "input_image" => ReadImage(part),
            "input_file" => ReadFile(part),
            "input_audio" => ReadAudio(part),
            _ => new OpaquePart(type, WireJson.Copy(part.Element)),
        };
        if (read is null or OpaquePart) return read;
        return read with { Cache = cache, Extras = part.Rest() };
    }

    /// <summary>A mark without further words is the same as others' cache marks; one with more goes back as it came.</summary>
    static CacheMark? ReadCache(WireObject part)
    {
        if (!part.Has("prompt_cache_breakpoint") || part.Element.Field("prompt_cache_breakpoint") is not { ValueKind: JsonValueKind.Object } mark) return null;
        if (mark.GetPropertyCount() != 1 || mark.TextOf("mode") != "explicit") return null;
        part.Any("prompt_cache_breakpoint");
        return new CacheMark();
    }

    static TextPart ReadOutputText(WireObject part)
    {
        var annotations = part.Raw("annotations");
        return new TextPart(part.RequiredText("text")) { Annotations = annotations == JsonText.Of("[]") ? default : annotations };
    }

    static ImagePart? ReadImage(WireObject part)
    {
        var detail = part.Text("detail");
        if (part.Text("file_id") is { } id) return new ImagePart(new Media { FileId = id }) { Detail = detail };
        if (part.Text("image_url") is not { } url)
        {
            part.Problem("image_url", "is required, or file_id");
            return null;
        }
        if (Media.OfUrl(url) is { } media) return new ImagePart(media) { Detail = detail };
        part.Problem("image_url", "must be an address or a data: URL in base64");
        return null;
    }

    static DocumentPart? ReadFile(WireObject part)
    {
        var name = part.Text("filename");
        if (part.Text("file_id") is { } id) return new DocumentPart(new Media { FileId = id }) { FileName = name };
        if (part.Text("file_url") is { } url) return new DocumentPart(new Media { Url = url }) { FileName = name };
        if (part.Text("file_data") is not { } data)
        {
            part.Problem("file_data", "is required, or file_id or file_url");
            return null;
        }
        if (!data.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return new DocumentPart(new Media { Base64 = data }) { FileName = name };
        if (Media.OfUrl(data) is { } media) return new DocumentPart(media) { FileName = name };
        part.Problem("file_data", "must be a data: URL in base64");
        return null;
    }

    static AudioPart? ReadAudio(WireObject part)
    {
        if (part.Object("input_audio") is not { } audio)
        {
            part.Missing("input_audio");
            return null;
        }
        var media = new Media { MimeType = $"audio/{audio.RequiredText("format")}", Base64 = audio.RequiredText("data") };
        return new AudioPart(media);
    }
}
