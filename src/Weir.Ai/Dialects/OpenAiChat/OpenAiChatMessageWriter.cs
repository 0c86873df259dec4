using System.Text.Json;

namespace Weir.Ai;

/// <summary>
/// Writes the messages of a request. Results of tools are messages of their own here, and must follow the calls at once: what else stands in their message
/// comes after them, and so do images that a tool gave, which only a user's message may hold.
/// </summary>
sealed class OpenAiChatMessageWriter(ChatRequest request, ModelTraits traits, Utf8JsonWriter json, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.OpenAiChat;
    readonly OpenAiChatPartWriter _parts = new(request.Dialect, traits, json, losses);
    readonly List<(string CallId, Part Part)> _media = [];

    public void Write()
    {
        json.WriteStartArray();
        foreach (var message in request.Messages)
        {
            var hasOthers = false;
            foreach (var part in message.Parts)
            {
                if (part is ToolResultPart result) WriteResult(message, result);
                else hasOthers = true;
            }
            if (!hasOthers && message.Parts.Count > 0) continue;
            WriteMedia();
            WriteMessage(message);
        }
        WriteMedia();
        json.WriteEndArray();
    }

    void WriteMessage(Message message)
    {
        json.WriteStartObject();
        json.WriteString("role", RoleOf(message.Role));
        if (message.Name is { } name)
        {
            if (traits.Refuses.Contains("name")) losses.Add("messages.name");
            else WireText.Write(json, "name", name);
        }
        if (message.Role == Role.Assistant) WriteAssistant(message);
        else _parts.WriteContent(message.Parts, separator: "\n\n");
        WriteExtras(message);
        json.WriteEndObject();
    }

    void WriteAssistant(Message message)
    {
        OpenAiChatReasoningWriter.Write(message.Parts, _isOwn, traits, json, losses);
        _parts.WriteContent(message.Parts, separator: "");
        WriteRefusal(message);
        var calls = 0;
        foreach (var part in message.Parts)
        {
            var isCall = part is ToolCallPart || (part is OpaquePart { Kind: "custom" } && _isOwn);
            if (!isCall) continue;
            if (calls++ == 0) json.WriteStartArray("tool_calls");
            if (part is ToolCallPart call) WriteCall(call);
            else ((OpaquePart)part).Json.WriteTo(json);
        }
        if (calls > 0) json.WriteEndArray();
    }

    void WriteRefusal(Message message)
    {
        // Beside parts of text, a refusal stands among them.
        if (OpenAiChatPartWriter.NeedsParts(message.Parts, _isOwn)) return;
        foreach (var part in message.Parts)
            if (part is RefusalPart refusal) WireText.Write(json, "refusal", refusal.Text);
    }

    void WriteCall(ToolCallPart call)
    {
        json.WriteStartObject();
        WireText.Write(json, "id", call.Id);
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        WireText.Write(json, "name", call.Name);

        // Providers parse the arguments, and refuse a call without any.
        WireText.Write(json, "arguments", call.Arguments.Length == 0 && !_isOwn ? "{}" : call.Arguments);
        json.WriteEndObject();
        WriteSignature(call);
        if (_isOwn) WriteExtras(call.Extras);
        else losses.Add("messages", call.Extras);
        json.WriteEndObject();
    }

    void WriteSignature(ToolCallPart call)
    {
        if (call.Signature is not { } signature) return;
        if (!_isOwn)
        {
            losses.Add("messages.signature");
            return;
        }
        json.WriteStartObject("extra_content");
        json.WriteStartObject("google");
        WireText.Write(json, "thought_signature", signature);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void WriteResult(Message message, ToolResultPart result)
    {
        json.WriteStartObject();
        json.WriteString("role", "tool");
        WireText.Write(json, "tool_call_id", result.CallId);
        if (_isOwn) WireText.Write(json, "name", result.Name);
        if (result.IsError) losses.Add("messages.is_error");
        _parts.WriteContent(_isOwn ? result.Content : TextOnly(result), separator: "\n");
        if (result.Cache is not null && result.Content.Count != 1) OpenAiChatPartWriter.WriteCache(json, result.Cache, _isOwn, traits, losses);
        if (!_isOwn) losses.Add("messages", result.Extras);
        WriteExtras(message);
        json.WriteEndObject();
    }

    List<Part> TextOnly(ToolResultPart result)
    {
        List<Part> text = [];
        foreach (var part in result.Content)
        {
            if (part is ImagePart or AudioPart or VideoPart or DocumentPart) _media.Add((result.CallId, part));
            else if (part is OpaquePart opaque) text.Add(new TextPart(ToolResultText.Of(opaque)));
            else text.Add(part);
        }
        return text;
    }

    void WriteMedia()
    {
        if (_media.Count == 0) return;
        List<Part> parts = [];
        string? last = null;
        foreach (var (callId, part) in _media)
        {
            if (callId != last) parts.Add(new TextPart($"Result of {callId}:"));
            last = callId;
            parts.Add(part);
        }
        _media.Clear();
        json.WriteStartObject();
        json.WriteString("role", "user");
        _parts.WriteContent(parts, separator: "\n");
        json.WriteEndObject();
    }

    void WriteExtras(Message message)
    {
        if (_isOwn) WriteExtras(message.Extras);
        else losses.Add("messages", message.Extras);
    }

    void WriteExtras(IReadOnlyList<Extra> extras)
    {
        foreach (var extra in extras)
        {
            if (traits.Refuses.Contains(extra.Name))
            {
                losses.Add("messages." + extra.Name);
                continue;
            }
            json.WritePropertyName(extra.Name);
            extra.Value.WriteTo(json);
        }
    }

    string RoleOf(Role role) => role switch
    {
        Role.Developer when _isOwn && !traits.Refuses.Contains("developer") => "developer",
        Role.System or Role.Developer => "system",
        Role.Assistant => "assistant",
        _ => "user",
    };
}
