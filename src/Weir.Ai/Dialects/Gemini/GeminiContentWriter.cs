using System.Text.Json;

namespace Weir.Ai;

/// <summary>Writes systemInstruction and contents.</summary>
sealed class GeminiContentWriter(Utf8JsonWriter json, ChatRequest request, ModelTarget target, Losses losses)
{
    readonly bool _isOwn = request.Dialect == DialectName.Gemini;
    readonly GeminiPartWriter _parts = new(json, request, target, losses);

    public void Write()
    {
        WriteSystem();
        json.WriteStartArray("contents"u8);
        var messages = request.Messages;
        for (var i = 0; i < messages.Count; i++)
        {
            if (IsSystem(messages[i]) || IsUnsayable(messages[i])) continue;
            json.WriteStartObject();
            WriteRole(messages[i]);
            json.WriteStartArray("parts"u8);
            WriteParts(messages[i]);
            // All results of one turn of calls stand in one content: Gemini counts them.
            while (!_isOwn && messages[i].Role == Role.Tool && i + 1 < messages.Count && messages[i + 1].Role == Role.Tool) WriteParts(messages[++i]);
            json.WriteEndArray();
            WriteExtras(messages[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Whether nothing of a message can be said here. Gemini refuses a content without parts.</summary>
    bool IsUnsayable(Message message)
    {
        if (_isOwn || !message.Parts.TrueForAll(static part => part is ReasoningPart or OpaquePart)) return false;
        WriteParts(message);
        return true;
    }

    void WriteSystem()
    {
        var isOpen = false;
        var isLeading = true;
        Message? last = null;
        foreach (var message in request.Messages)
        {
            if (!IsSystem(message))
            {
                isLeading = false;
                continue;
            }
            // Gemini has one place for instructions, before everything.
            if (!isLeading) losses.Add("messages.role");
            if (!isOpen)
            {
                json.WriteStartObject("systemInstruction"u8);
                json.WriteStartArray("parts"u8);
            }
            (isOpen, last) = (true, message);
            WriteParts(message);
        }
        if (!isOpen) return;
        json.WriteEndArray();
        WriteExtras(last!);
        json.WriteEndObject();
    }

    static bool IsSystem(Message message) => message.Role is Role.System or Role.Developer;

    void WriteRole(Message message)
    {
        if (_isOwn && message.Extras.Exists(static extra => extra.Name == "role")) return;
        json.WriteString("role"u8, message.Role == Role.Assistant ? "model"u8 : "user"u8);
    }

    void WriteParts(Message message)
    {
        if (message.Name is not null) losses.Add("messages.name");
        _parts.BeginMessage(message);
        foreach (var part in message.Parts) _parts.Write(part);
    }

    void WriteExtras(Message message)
    {
        if (_isOwn) json.WriteJson(message.Extras);
        else losses.Add("messages", message.Extras);
    }
}
