using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes instructions and the input items.</summary>
sealed class ResponsesItemWriter(Utf8JsonWriter json, ChatRequest request, ModelTarget target, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.OpenAiResponses;
    readonly ResponsesContentWriter _content = new(json, request, target, losses);

    public void Write()
    {
        var first = 0;
        // The first instructions are what this wire calls so; later ones keep their place among the items.
        if (request.Messages is [{ Extras.Count: 0 } system, ..] && (system.Role == Role.System || (system.Role == Role.Developer && !_isOwn))
            && Instructions(system) is { } instructions)
        {
            if (system.Name is not null) losses.Add("messages.name");
            json.WriteText("instructions", instructions);
            first = 1;
        }
        if (_isOwn && first == request.Messages.Count && request.Extras.Count > 0) return;
        json.WriteStartArray("input"u8);
        for (var i = first; i < request.Messages.Count; i++) WriteMessage(request.Messages[i]);
        json.WriteEndArray();
    }

    /// <summary>The text of a message that is nothing but text, or null.</summary>
    static string? Instructions(Message message)
    {
        if (message.Parts.Count == 0 || !message.Parts.TrueForAll(static part => part is TextPart { Cache: null, Extras.Count: 0 })) return null;
        return string.Join("\n\n", message.Parts.Select(static part => ((TextPart)part).Text));
    }

    void WriteMessage(Message message)
    {
        if (message.Name is not null) losses.Add("messages.name");
        if (!_isOwn) losses.Add("messages", message.Extras);
        var parts = message.Parts;
        var isAnswer = message.Role == Role.Assistant;
        for (var i = 0; i < parts.Count; i++)
        {
            if (!_isOwn) losses.Add("messages", parts[i].Extras);
            switch (parts[i])
            {
                case ToolCallPart call:
                    WriteCall(call);
                    break;
                case ToolResultPart result:
                    WriteResult(result);
                    break;
                case ReasoningPart reasoning:
                    WriteReasoning(reasoning);
                    break;
                case OpaquePart opaque when !_isOwn:
                    losses.Add($"messages.{opaque.Kind}");
                    break;
                case OpaquePart opaque when IsItem(message, opaque):
                    opaque.Json.WriteTo(json);
                    break;
                default:
                    var from = i;
                    while (i + 1 < parts.Count && IsContent(message, parts[i + 1])) i++;
                    WriteContent(message, isAnswer, parts.GetRange(from, i + 1 - from));
                    break;
            }
        }
        if (parts.Count == 0) WriteContent(message, isAnswer, parts);
    }

    static bool IsContent(Message message, Part part) =>
        part is not (ToolCallPart or ToolResultPart or ReasoningPart) && !(part is OpaquePart opaque && IsItem(message, opaque));

    /// <summary>Whether an opaque part stands among the items. Those of messages have content types, which all begin alike.</summary>
    static bool IsItem(Message message, OpaquePart part) =>
        message.Role is Role.Assistant or Role.Tool || message.Parts.Count == 1 && !part.Kind.StartsWith("input_", StringComparison.Ordinal);

    void WriteContent(Message message, bool isAnswer, List<Part> parts)
    {
        json.WriteStartObject();
        if (!_isOwn || !message.Extras.Exists(static extra => extra.Name == "type")) json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, message.Role switch
        {
            Role.System => "system"u8,
            Role.Developer => "developer"u8,
            Role.Assistant => "assistant"u8,
            _ => "user"u8,
        });
        json.WritePropertyName("content"u8);
        _content.Write(parts, isAnswer);
        if (_isOwn)
        {
            json.WriteJson(message.Extras);
            if (isAnswer && parts.Count > 0) WriteExtras(parts[0].Extras, ResponsesNames.Message);
        }
        json.WriteEndObject();
    }

    void WriteCall(ToolCallPart call)
    {
        if (call.Signature is not null) losses.Add("messages.signature");
        if (call.Cache is not null) losses.Add("messages.cache_control");
        json.WriteStartObject();
        json.WriteString("type"u8, "function_call"u8);
        json.WriteText("call_id", call.Id);
        json.WriteText("name", call.Name);
        json.WriteText("arguments", call.Arguments.Length == 0 && !_isOwn ? "{}" : call.Arguments);
        if (_isOwn) json.WriteJson(call.Extras);
        json.WriteEndObject();
    }

    void WriteResult(ToolResultPart result)
    {
        if (result.IsError && !_isOwn) losses.Add("messages.is_error");
        if (result.Cache is not null) losses.Add("messages.cache_control");
        json.WriteStartObject();
        json.WriteString("type"u8, "function_call_output"u8);
        json.WriteText("call_id", result.CallId);
        json.WritePropertyName("output"u8);
        _content.Write(_isOwn ? result.Content : Sayable(result.Content), isAnswer: false);
        if (_isOwn) json.WriteJson(result.Extras);
        json.WriteEndObject();
    }

    /// <summary>JSON is a text here.</summary>
    static List<Part> Sayable(IReadOnlyList<Part> content) =>
        [.. content.Select(static part => part is OpaquePart { Kind: "json" } json ? new TextPart(ToolResultText.Of(json)) : part)];

    void WriteReasoning(ReasoningPart reasoning)
    {
        if (!_isOwn && reasoning is not { Format: OpenAiChatProofs.ResponsesFormat, Encrypted: not null })
        {
            losses.Add("messages.signature");
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning"u8);
        if (reasoning.Id is { } id) json.WriteText("id", id);
        if (!reasoning.Extras.Any(static extra => extra.Name is "summary"))
        {
            json.WriteStartArray("summary"u8);
            if (reasoning.Text.Length > 0 && !reasoning.Extras.Any(static extra => extra.Name is "content"))
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "summary_text"u8);
                json.WriteText("text", reasoning.Text);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        if (reasoning.Encrypted is { } encrypted) json.WriteText("encrypted_content", encrypted);
        if (_isOwn) json.WriteJson(reasoning.Extras);
        json.WriteEndObject();
    }

    void WriteExtras(IReadOnlyList<Extra> extras, string path)
    {
        foreach (var (name, value) in extras)
            if (name.StartsWith(path, StringComparison.Ordinal)) json.WriteJson(name[path.Length..], value);
    }
}
