using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes messages. What the model says beside calls of tools is its tool_plan.</summary>
sealed class CohereMessageWriter(Utf8JsonWriter json, ChatRequest request, ModelTarget target, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.Cohere;

    public void Write(Message message)
    {
        if (message.Name is not null) losses.Add("messages.name");
        if (!_isOwn) losses.Add("messages", message.Extras);
        List<Part> content = [];
        List<ToolCallPart> calls = [];
        foreach (var part in message.Parts)
        {
            if (!_isOwn) losses.Add("messages", part.Extras);
            if (part.Cache is not null) losses.Add("messages.cache_control");
            if (part is ToolResultPart result) WriteResult(message, result);
            else if (part is ToolCallPart call) calls.Add(call);
            else if (Keeps(part)) content.Add(part);
        }
        if (content.Count + calls.Count > 0 || message.Parts.Count == 0) WriteMessage(message, content, calls);
    }

    /// <summary>Whether there is a word for the part here; one without is named as a loss.</summary>
    bool Keeps(Part part)
    {
        switch (part)
        {
            case TextPart text:
                if (!text.Annotations.IsEmpty) losses.Add("messages.annotations");
                return true;
            case RefusalPart:
                return true;
            case ReasoningPart:
                // Thoughts have no signature here; those of another model are not this one's.
                if (!_isOwn) losses.Add("messages.signature");
                return _isOwn;
            case ImagePart image when image.Media.ToUrl() is not null && target.Traits.Inputs?.Contains("image") != false:
                return true;
            case OpaquePart opaque:
                if (!_isOwn) losses.Add($"messages.{opaque.Kind}");
                return _isOwn;
            default:
                losses.Add($"messages.{(part is ImagePart ? "image" : part is AudioPart ? "audio" : part is VideoPart ? "video" : "document")}");
                return false;
        }
    }

    void WriteMessage(Message message, List<Part> content, List<ToolCallPart> calls)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, message.Role switch
        {
            Role.System or Role.Developer => "system"u8,
            Role.Assistant => "assistant"u8,
            _ => "user"u8,
        });
        if (calls.Count > 0)
        {
            var plan = string.Concat(content.Select(TextOf));
            content.RemoveAll(static part => part is TextPart or RefusalPart);
            if (plan.Length > 0) json.WriteText("tool_plan", plan);
        }
        if (content.Count > 0 || calls.Count == 0)
        {
            json.WritePropertyName("content"u8);
            WriteContent(content);
        }
        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in calls) WriteCall(call);
            json.WriteEndArray();
        }
        if (_isOwn) json.WriteJson(message.Extras);
        json.WriteEndObject();
    }

    void WriteContent(IReadOnlyList<Part> content)
    {
        if (content.Count == 0 || (content is [var only] && TextOf(only) is not null && only.Extras.Count == 0))
        {
            json.WriteText(content.Count == 0 ? "" : TextOf(content[0])!);
            return;
        }
        json.WriteStartArray();
        foreach (var part in content) WritePart(part);
        json.WriteEndArray();
    }

    void WritePart(Part part)
    {
        if (part is OpaquePart opaque)
        {
            opaque.Json.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        switch (part)
        {
            case ReasoningPart reasoning:
                json.WriteString("type"u8, "thinking"u8);
                json.WriteText("thinking", reasoning.Text);
                break;
            case ImagePart image:
                json.WriteString("type"u8, "image_url"u8);
                json.WriteStartObject("image_url"u8);
                json.WriteText("url", image.Media.ToUrl()!);
                if (image.Detail is { } detail) json.WriteText("detail", detail);
                json.WriteEndObject();
                break;
            default:
                json.WriteString("type"u8, "text"u8);
                json.WriteText("text", TextOf(part) ?? "");
                break;
        }
        if (_isOwn) json.WriteJson(part.Extras);
        json.WriteEndObject();
    }

    void WriteCall(ToolCallPart call)
    {
        if (call.Signature is not null) losses.Add("messages.signature");
        json.WriteStartObject();
        json.WriteText("id", call.Id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteText("name", call.Name);
        json.WriteText("arguments", call.Arguments.Length == 0 && !_isOwn ? "{}" : call.Arguments);
        json.WriteEndObject();
        if (_isOwn) json.WriteJson(call.Extras);
        json.WriteEndObject();
    }

    /// <summary>A result is a message of its own.</summary>
    void WriteResult(Message message, ToolResultPart result)
    {
        if (result.IsError && !_isOwn) losses.Add("messages.is_error");
        List<Part> content = [];
        foreach (var part in result.Content)
        {
            if (part is OpaquePart value && !_isOwn) content.Add(new TextPart(ToolResultText.Of(value)));
            else if (part is ImagePart) losses.Add("messages.image");
            else if (Keeps(part)) content.Add(part);
        }
        json.WriteStartObject();
        json.WriteString("role"u8, "tool"u8);
        json.WriteText("tool_call_id", result.CallId);
        json.WritePropertyName("content"u8);
        WriteContent(content);
        if (_isOwn && message.Role == Role.Tool) json.WriteJson(message.Extras);
        json.WriteEndObject();
    }

    static string? TextOf(Part part) => part switch { TextPart text => text.Text, RefusalPart refusal => refusal.Text, _ => null };
}
