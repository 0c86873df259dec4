using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes the content of a message or of a function's output: a string where it is one text and nothing else, or a list of parts.</summary>
sealed class ResponsesContentWriter(Utf8JsonWriter json, ChatRequest request, ModelTarget target, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.OpenAiResponses;

    public void Write(IReadOnlyList<Part> parts, bool isAnswer)
    {
        if (parts is [TextPart { Annotations.IsEmpty: true } only] && (only.Cache is null || !_isOwn) && !HasOwnExtras(only))
        {
            if (only.Cache is not null) losses.Add("messages.cache_control");
            json.WriteText(only.Text);
            return;
        }
        json.WriteStartArray();
        foreach (var part in parts) WritePart(part, isAnswer);
        json.WriteEndArray();
    }

    bool HasOwnExtras(Part part) =>
        _isOwn && part.Extras.Any(static extra => !extra.Name.StartsWith(ResponsesNames.Message, StringComparison.Ordinal));

    void WritePart(Part part, bool isAnswer)
    {
        switch (part)
        {
            case TextPart text:
                Begin(isAnswer ? "output_text" : "input_text");
                json.WriteText("text", text.Text);
                if (isAnswer) WriteAnnotations(text);
                End(part);
                break;
            case RefusalPart refusal:
                Begin("refusal");
                json.WriteText("refusal", refusal.Text);
                End(part);
                break;
            case OpaquePart opaque:
                WriteOpaque(opaque);
                break;
            default:
                WriteMedia(part);
                break;
        }
    }

    void WriteAnnotations(TextPart text)
    {
        if (_isOwn && !text.Annotations.IsEmpty)
        {
            json.WriteJson("annotations", text.Annotations);
            return;
        }
        if (!text.Annotations.IsEmpty) losses.Add("messages.annotations");
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
    }

    /// <summary>A part that only another dialect knows is a loss; the JSON that a function gave is text here.</summary>
    void WriteOpaque(OpaquePart opaque)
    {
        if (_isOwn)
        {
            opaque.Json.WriteTo(json);
            return;
        }
        Begin("input_text");
        json.WriteText("text", opaque.Json.ToString());
        json.WriteEndObject();
    }

    void WriteMedia(Part part)
    {
        switch (part)
        {
            case ImagePart image when Takes("image", image.Media):
                Begin("input_image");
                if (image.Media.FileId is { } id) json.WriteText("file_id", id);
                else json.WriteText("image_url", image.Media.ToUrl()!);
                if (image.Detail is not null || !_isOwn) json.WriteText("detail", image.Detail ?? "auto");
                End(part);
                break;
            case DocumentPart document when Takes("document", document.Media):
                WriteFile(document);
                break;
            case AudioPart { Media: { Base64: { } bytes } media } when Takes("audio", media):
                Begin("input_audio");
                json.WriteStartObject("input_audio"u8);
                json.WriteText("data", bytes);
                json.WriteText("format", FormatOf(media.MimeType));
                json.WriteEndObject();
                End(part);
                break;
            default:
                losses.Add($"messages.{(part is AudioPart ? "audio" : part is VideoPart ? "video" : part is ImagePart ? "image" : "document")}");
                break;
        }
    }

    void WriteFile(DocumentPart document)
    {
        if (document.Context is not null) losses.Add("messages.context");
        if (document.Citations == true) losses.Add("messages.citations");
        Begin("input_file");
        if (document.Media.FileId is { } id) json.WriteText("file_id", id);
        else if (document.Media.Url is { } url) json.WriteText("file_url", url);
        else json.WriteText("file_data", _isOwn && document.Media.MimeType is null ? document.Media.Base64! : document.Media.ToUrl()!);
        // A file by its bytes is refused without a name.
        if ((document.FileName ?? (_isOwn || document.Media.Base64 is null ? null : "document.pdf")) is { } name) json.WriteText("filename", name);
        End(document);
    }

    /// <summary>Whether the model and the provider can have it: an id of another provider's file says nothing here.</summary>
    bool Takes(string kind, Media media)
    {
        if (target.Traits.Inputs?.Contains(kind) == false) return false;
        return media.FileId is null || request.Dialect is DialectName.OpenAiResponses or DialectName.OpenAiChat;
    }

    static string FormatOf(string? mimeType) => mimeType switch
    {
        null => "wav",
        "audio/mpeg" => "mp3",
        "audio/x-wav" or "audio/wave" => "wav",
        _ => mimeType[(mimeType.IndexOf('/', StringComparison.Ordinal) + 1)..],
    };

    void Begin(string type)
    {
        json.WriteStartObject();
        json.WriteText("type", type);
    }

    void End(Part part)
    {
        if (_isOwn)
        {
            foreach (var (name, value) in part.Extras)
                if (!name.StartsWith(ResponsesNames.Message, StringComparison.Ordinal)) json.WriteJson(name, value);
            if (part.Cache is not null)
            {
                json.WriteStartObject("prompt_cache_breakpoint"u8);
                json.WriteString("mode"u8, "explicit"u8);
                json.WriteEndObject();
            }
        }
        else if (part.Cache is not null)
        {
            losses.Add("messages.cache_control");
        }
        json.WriteEndObject();
    }
}
