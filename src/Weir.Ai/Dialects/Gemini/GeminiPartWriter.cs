using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes parts of a request.</summary>
sealed class GeminiPartWriter(Utf8JsonWriter json, ChatRequest request, ModelTarget target, Losses losses)
{
    /// <summary>
    /// What Google documents for calls that no Gemini model made ("skip_thought_signature_validator" in base64): from 3 on, the first call of a turn is
    /// refused without a signature.
    /// </summary>
    const string NoSignature = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

    readonly bool _isOwn = request.Dialect == DialectName.Gemini;
    readonly double _version = GeminiModel.Version(target.Model);
    readonly Dictionary<string, string> _namesById = [];
    bool _isFirstCall;

    public void BeginMessage(Message message)
    {
        _isFirstCall = true;
        if (!_isOwn) return;
        foreach (var part in message.Parts)
            if (part is ToolCallPart { Signature: not null }) _isFirstCall = false;
    }

    public void Write(Part part)
    {
        if (part.Cache is not null) losses.Add("messages.cache_control");
        if (!_isOwn) losses.Add("messages", part.Extras);
        switch (part)
        {
            case TextPart text:
                if (!text.Annotations.IsEmpty) losses.Add("messages.annotations");
                WriteText(text.Text, isThought: false, null, part);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text, isThought: false, null, part);
                break;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning);
                break;
            case ToolCallPart call:
                WriteCall(call);
                break;
            case ToolResultPart result:
                WriteResult(result);
                break;
            case OpaquePart opaque:
                if (_isOwn) opaque.Json.WriteTo(json);
                else losses.Add($"messages.{opaque.Kind}");
                break;
            default:
                WriteMedia(part);
                break;
        }
    }

    void WriteText(string text, bool isThought, string? signature, Part part)
    {
        json.WriteStartObject();
        json.WriteText("text", text);
        if (isThought) json.WriteBoolean("thought"u8, true);
        if (signature is not null) json.WriteText(GeminiParts.Signature, signature);
        WriteExtras(part, "");
        json.WriteEndObject();
    }

    void WriteReasoning(ReasoningPart reasoning)
    {
        if (_isOwn || reasoning is { Format: OpenAiChatProofs.GeminisFormat, Signature: not null })
            WriteText(reasoning.Text, isThought: true, reasoning.Signature, reasoning);
        else losses.Add("messages.signature");
    }

    void WriteCall(ToolCallPart call)
    {
        _namesById[call.Id] = call.Name;
        json.WriteStartObject();
        json.WriteStartObject("functionCall"u8);
        WriteId(call.Id);
        json.WriteText("name", call.Name);
        if (call.Arguments.Length > 0 || !_isOwn)
        {
            json.WritePropertyName("args"u8);
            if (WireJson.IsObject(call.Arguments))
            {
                json.WriteRawValue(call.Arguments, skipInputValidation: true);
            }
            else
            {
                // Broken arguments of a broken answer: Gemini takes only an object, and the model shall still see what it wrote.
                json.WriteStartObject();
                if (call.Arguments.AsSpan().Trim().Length > 0) json.WriteText("arguments", call.Arguments);
                json.WriteEndObject();
            }
        }
        WriteExtras(call, "functionCall.");
        json.WriteEndObject();
        var signature = call.Signature;
        if (signature is null && _isFirstCall && _version >= 3 && !_isOwn) signature = NoSignature;
        _isFirstCall = false;
        if (signature is not null) json.WriteText(GeminiParts.Signature, signature);
        WriteExtras(call, "");
        json.WriteEndObject();
    }

    void WriteResult(ToolResultPart result)
    {
        List<Part> aside = [];
        json.WriteStartObject();
        json.WriteStartObject("functionResponse"u8);
        WriteId(result.CallId);
        json.WriteText("name", result.Name ?? _namesById.GetValueOrDefault(result.CallId) ?? result.CallId);
        json.WritePropertyName("response"u8);
        WriteResponse(result);
        var hasMedia = false;
        foreach (var part in result.Content)
        {
            if (part is TextPart or OpaquePart) continue;
            // Before 3, a response holds JSON only: pictures follow as parts of their own.
            if (_version is > 0 and < 3 && !_isOwn)
            {
                aside.Add(part);
                continue;
            }
            if (!hasMedia) json.WriteStartArray("parts"u8);
            hasMedia = true;
            Write(part);
        }
        if (hasMedia) json.WriteEndArray();
        WriteExtras(result, "functionResponse.");
        json.WriteEndObject();
        WriteExtras(result, "");
        json.WriteEndObject();
        foreach (var part in aside) Write(part);
    }

    /// <summary>A response is an object. Google names the fields of one that is not: <c>output</c>, or <c>error</c> when the function failed.</summary>
    void WriteResponse(ToolResultPart result)
    {
        if (result.Content is [OpaquePart { Json: var only }, ..] && only.Utf8.Span[0] == '{')
        {
            only.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        var name = result.IsError ? "error" : "output";
        var text = string.Concat(result.Content.OfType<TextPart>().Select(static part => part.Text));
        if (result.Content is [OpaquePart { Json: var value }, ..]) json.WriteJson(name, value);
        else json.WriteText(name, text);
        json.WriteEndObject();
    }

    void WriteMedia(Part part)
    {
        var (media, kind) = part switch
        {
            ImagePart image => (image.Media, "image"),
            AudioPart audio => (audio.Media, "audio"),
            VideoPart video => (video.Media, "video"),
            DocumentPart document => (document.Media, "document"),
            _ => (null, ""),
        };
        if (media is null || (media.FileId is not null && !_isOwn) || target.Traits.Inputs?.Contains(kind) == false)
        {
            losses.Add(media?.FileId is null ? $"messages.{kind}" : $"messages.{kind}.file_id");
            return;
        }
        if (part is ImagePart { Detail: not null and not "auto" }) losses.Add("messages.detail");
        if (part is DocumentPart { Citations: true }) losses.Add("messages.citations");
        if (part is DocumentPart { Context: { } context }) WriteText(context, isThought: false, null, new TextPart(context));
        json.WriteStartObject();
        var fileName = (part as DocumentPart)?.FileName;
        if (media.Base64 is { } bytes)
        {
            json.WriteStartObject("inlineData"u8);
            json.WriteText("mimeType", media.MimeType ?? DefaultType(kind));
            json.WriteText("data", bytes);
            // Vertex alone takes a name; another's file name is no loss worth a refusal.
            if (_isOwn && fileName is not null) json.WriteText("displayName", fileName);
            WriteExtras(part, "inlineData.");
        }
        else
        {
            json.WriteStartObject("fileData"u8);
            if ((media.MimeType ?? (_isOwn ? null : TypeOf(media.Url!, kind))) is { } type) json.WriteText("mimeType", type);
            json.WriteText("fileUri", media.Url ?? media.FileId!);
            if (_isOwn && fileName is not null) json.WriteText("displayName", fileName);
            WriteExtras(part, "fileData.");
        }
        json.WriteEndObject();
        WriteExtras(part, "");
        json.WriteEndObject();
    }

    static string DefaultType(string kind) => kind switch
    {
        "image" => "image/jpeg",
        "audio" => "audio/wav",
        "video" => "video/mp4",
        _ => "application/pdf",
    };

    /// <summary>Gemini wants the type of a file that it fetches; other wires leave it to the address.</summary>
    static string TypeOf(string url, string kind)
    {
        var path = url.AsSpan();
        var end = path.IndexOfAny('?', '#');
        if (end >= 0) path = path[..end];
        var dot = path.LastIndexOf('.');
        return (dot < 0 ? "" : path[(dot + 1)..].ToString().ToLowerInvariant()) switch
        {
            "png" => "image/png",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "jpg" or "jpeg" => "image/jpeg",
            "mp3" => "audio/mpeg",
            "wav" => "audio/wav",
            "mp4" => "video/mp4",
            "webm" => "video/webm",
            "pdf" => "application/pdf",
            "txt" => "text/plain",
            _ => DefaultType(kind),
        };
    }

    /// <summary>Ids that the reader made were never on the wire.</summary>
    void WriteId(string id)
    {
        if (id.Length > 0 && !id.StartsWith(GeminiContentReader.MadeId, StringComparison.Ordinal)) json.WriteText("id", id);
    }

    /// <summary>Writes the extras of one object of the part: those under the path, or for the part itself those under none.</summary>
    void WriteExtras(Part part, string path)
    {
        if (!_isOwn) return;
        foreach (var (name, value) in part.Extras)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (path.Length == 0 ? dot < 0 : name.StartsWith(path, StringComparison.Ordinal)) json.WriteJson(name[path.Length..], value);
        }
    }
}
