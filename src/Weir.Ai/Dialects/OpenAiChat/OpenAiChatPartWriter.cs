using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes the content of a message: one text where that says all, else parts.</summary>
sealed class OpenAiChatPartWriter(DialectName from, ModelTraits traits, Utf8JsonWriter json, Losses losses)
{
    readonly bool _isOwn = from == DialectName.OpenAiChat;

    /// <summary>
    /// Writes the field <c>content</c>. Texts of another dialect are joined: every compatible provider takes one text, not every one takes parts.
    /// </summary>
    public void WriteContent(IReadOnlyList<Part> parts, string separator)
    {
        if (NeedsParts(parts, _isOwn || traits.Takes.Contains("cache_control")))
        {
            json.WriteStartArray("content");
            foreach (var part in parts) WritePart(part);
            json.WriteEndArray();
            return;
        }
        string? only = null;
        StringBuilder? joined = null;
        foreach (var part in parts)
        {
            if (part is not TextPart text)
            {
                LoseIfNowhere(part);
                continue;
            }
            LoseMarks(text);
            if (only is null) only = text.Text;
            else (joined ??= new StringBuilder(only)).Append(separator).Append(text.Text);
        }
        var content = joined?.ToString() ?? only;
        if (content is null && HasCallOrThoughts(parts)) json.WriteNull("content");
        else WireText.Write(json, "content", content ?? "");
    }

    /// <summary>Whether there is more than a text to say.</summary>
    public static bool NeedsParts(IReadOnlyList<Part> parts, bool keepsForm)
    {
        var texts = 0;
        foreach (var part in parts)
        {
            if (part is ImagePart or AudioPart or VideoPart or DocumentPart) return true;
            if (keepsForm && (part.Cache is not null || part is ReasoningPart { Field: OpenAiChatReasoning.Thinking } or OpaquePart { Kind: not "custom" }))
                return true;
            if (part is not TextPart) continue;
            texts++;
            if (keepsForm && (part.Extras.Count > 0 || texts > 1)) return true;
        }
        return false;
    }

    public static void WriteCache(Utf8JsonWriter json, CacheMark? cache, bool isOwn, ModelTraits traits, Losses losses)
    {
        const string field = "cache_control";
        if (cache is null) return;
        if ((!isOwn && !traits.Takes.Contains(field)) || traits.Refuses.Contains(field))
        {
            losses.Add(field);
            return;
        }
        json.WriteStartObject(field);
        json.WriteString("type", "ephemeral");
        if (cache.Ttl is { } ttl) json.WriteString("ttl", ttl);
        json.WriteEndObject();
    }

    void WritePart(Part part)
    {
        switch (part)
        {
            case TextPart text:
                Begin("text");
                WireText.Write(json, "text", text.Text);
                End(text);
                break;
            case RefusalPart refusal:
                Begin("refusal");
                WireText.Write(json, "refusal", refusal.Text);
                End(refusal);
                break;
            case ImagePart image: WriteImage(image); break;
            case AudioPart audio: WriteAudio(audio); break;
            case VideoPart video: WriteVideo(video); break;
            case DocumentPart document: WriteDocument(document); break;
            case ReasoningPart { Field: OpenAiChatReasoning.Thinking } thinking when _isOwn: WriteThinking(thinking); break;
            case OpaquePart { Kind: not "custom" } opaque when _isOwn: opaque.Json.WriteTo(json); break;
            default: LoseIfNowhere(part); break;
        }
    }

    void WriteImage(ImagePart image)
    {
        if (!Takes("image") || image.Media.ToUrl() is not { } url)
        {
            losses.Add(image.Media.FileId is null ? "messages.image" : "messages.file_id");
            return;
        }
        Begin("image_url");
        json.WriteStartObject("image_url");
        WireText.Write(json, "url", url);
        if (image.Detail is { } detail) json.WriteString("detail", detail);
        json.WriteEndObject();
        End(image);
    }

    void WriteAudio(AudioPart audio)
    {
        if (!Takes("audio") || audio.Media.Base64 is not { } data)
        {
            losses.Add("messages.audio");
            return;
        }
        Begin("input_audio");
        json.WriteStartObject("input_audio");
        json.WriteString("data", data);
        json.WriteString("format", OpenAiChatMedia.AudioFormat(audio.Media.MimeType));
        json.WriteEndObject();
        End(audio);
    }

    /// <summary>OpenAI takes no video; some compatible providers do.</summary>
    void WriteVideo(VideoPart video)
    {
        if ((!_isOwn && traits.Inputs?.Contains("video") != true) || !Takes("video") || video.Media.ToUrl() is not { } url)
        {
            losses.Add("messages.video");
            return;
        }
        Begin("video_url");
        json.WriteStartObject("video_url");
        WireText.Write(json, "url", url);
        json.WriteEndObject();
        End(video);
    }

    void WriteDocument(DocumentPart document)
    {
        var media = document.Media;
        if (!_isOwn && media is { Base64: not null, MimeType: { } type } && type.StartsWith("text/", StringComparison.Ordinal) && TextOf(document) is { } text)
        {
            WritePart(new TextPart(text) { Cache = document.Cache });
            return;
        }

        // A document by address has its name in a file alone (OpenRouter); Mistral has a part for it.
        var isByAddress = media.Url is not null && !(_isOwn && document.FileName is not null);
        if (!Takes("document") || (isByAddress && !_isOwn && !traits.Takes.Contains("document_url")))
        {
            losses.Add("messages.document");
            return;
        }
        if (!_isOwn && document.Context is not null) losses.Add("messages.context");
        if (!_isOwn && document.Citations is not null) losses.Add("messages.citations");
        Begin(isByAddress ? "document_url" : "file");
        if (isByAddress) WireText.Write(json, "document_url", media.Url);
        else WriteFile(document);
        End(document);
    }

    void WriteFile(DocumentPart document)
    {
        json.WriteStartObject("file");
        if (document.Media.FileId is { } id) json.WriteString("file_id", id);
        else WireText.Write(json, "file_data", document.Media.ToUrl());
        WireText.Write(json, "filename", document.FileName ?? (document.Media.FileId is null ? "document.pdf" : null));
        json.WriteEndObject();
    }

    /// <summary>A document of plain text says the same as a text, and every provider takes that. Null when its base64 is broken.</summary>
    static string? TextOf(DocumentPart document)
    {
        var bytes = new byte[document.Media.Base64!.Length];
        if (!Convert.TryFromBase64String(document.Media.Base64, bytes, out var count)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, count);
        var title = document.FileName is { } name ? name + "\n" : "";
        return document.Context is { } context ? $"{title}{context}\n\n{text}" : title + text;
    }

    void WriteThinking(ReasoningPart thinking)
    {
        Begin("thinking");
        json.WriteStartArray("thinking");
        Begin("text");
        WireText.Write(json, "text", thinking.Text);
        json.WriteEndObject();
        json.WriteEndArray();
        WireText.Write(json, "signature", thinking.Signature);
        End(thinking);
    }

    void Begin(string kind)
    {
        json.WriteStartObject();
        json.WriteString("type", kind);
    }

    void End(Part part)
    {
        if (part is TextPart { Annotations.IsEmpty: false } text && _isOwn)
        {
            json.WritePropertyName("annotations");
            text.Annotations.WriteTo(json);
        }
        WriteCache(json, part.Cache, _isOwn, traits, losses);
        if (_isOwn)
        {
            foreach (var extra in part.Extras)
            {
                json.WritePropertyName(extra.Name);
                extra.Value.WriteTo(json);
            }
        }
        else
        {
            losses.Add("messages", part.Extras);
        }
        json.WriteEndObject();
    }

    bool Takes(string input) => traits.Inputs is null || traits.Inputs.Contains(input);

    void LoseMarks(TextPart text)
    {
        if (_isOwn) return;
        if (text.Cache is not null) losses.Add("cache_control");
        if (!text.Annotations.IsEmpty) losses.Add("messages.citations");
        losses.Add("messages", text.Extras);
    }

    /// <summary>Calls, results, refusals and thoughts have places beside the content; a part of another dialect has none.</summary>
    void LoseIfNowhere(Part part)
    {
        if (part is OpaquePart opaque && !_isOwn) losses.Add("messages." + opaque.Kind);
        else if (part is ToolCallPart { Cache: not null } or ToolResultPart { Cache: not null } && !_isOwn) losses.Add("cache_control");
    }

    static bool HasCallOrThoughts(IReadOnlyList<Part> parts)
    {
        foreach (var part in parts)
            if (part is ToolCallPart or ReasoningPart or RefusalPart or OpaquePart) return true;
        return false;
    }
}
