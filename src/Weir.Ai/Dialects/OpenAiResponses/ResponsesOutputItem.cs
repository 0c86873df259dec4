using System.Text.Json;

namespace Weir.Ai;

/// <summary>One output item to be written: a message of one or more parts, a call, thoughts, or an item of another kind.</summary>
sealed class ResponsesOutputItem(CollectedPart first, string madeId, bool isOwn)
{
    public List<CollectedPart> Parts { get; } = [first];

    /// <summary>Its id: the provider's where that spoke this dialect.</summary>
    public string Id { get; } = (isOwn ? IdOf(first) : null) ?? madeId;

    /// <summary>output_index.</summary>
    public int Index { get; init; }

    public bool IsMessage => IsContent(first.Kind);

    /// <summary>The thoughts themselves, not a summary of them.</summary>
    public bool IsThoughts => isOwn && first.Name == ResponsesNames.ReasoningText;

    /// <summary>Prefix of the ids of items that hold a part of this kind.</summary>
    public static string Prefix(ReplyPartKind kind) => kind switch
    {
        ReplyPartKind.ToolCall => "fc",
        ReplyPartKind.Reasoning => "rs",
        ReplyPartKind.Image => "ig",
        _ => "msg",
    };

    public static bool IsContent(ReplyPartKind kind) => kind is ReplyPartKind.Text or ReplyPartKind.Refusal;

    /// <summary>Writes the item as it is when it begins, or complete.</summary>
    public void Write(Utf8JsonWriter json, bool isDone)
    {
        if (first.Kind == ReplyPartKind.Opaque)
        {
            first.Json.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteText("id", Id);
        json.WriteString("type"u8, first.Kind switch
        {
            ReplyPartKind.ToolCall => "function_call"u8,
            ReplyPartKind.Reasoning => "reasoning"u8,
            ReplyPartKind.Image => "image_generation_call"u8,
            _ => "message"u8,
        });
        WriteOwn(json, isDone);
        switch (first.Kind)
        {
            case ReplyPartKind.ToolCall:
                json.WriteText("arguments", isDone ? first.Text : "");
                json.WriteText("call_id", first.Id ?? $"call_{madeId}");
                json.WriteText("name", first.Name ?? "");
                break;
            case ReplyPartKind.Reasoning:
                WriteReasoning(json, isDone);
                break;
            case ReplyPartKind.Image:
                if (isDone) json.WriteText("result", first.Text);
                else json.WriteNull("result"u8);
                break;
            default:
                WriteMessage(json, isDone);
                break;
        }
        json.WriteEndObject();
    }

    /// <summary>Writes one part of a message: empty when it begins, or complete.</summary>
    public static void WriteContent(Utf8JsonWriter json, CollectedPart part, bool isDone)
    {
        json.WriteStartObject();
        if (part.Kind == ReplyPartKind.Refusal)
        {
            json.WriteString("type"u8, "refusal"u8);
            json.WriteText("refusal", isDone ? part.Text : "");
            json.WriteEndObject();
            return;
        }
        json.WriteString("type"u8, "output_text"u8);
        json.WriteStartArray("annotations"u8);
        if (isDone) WriteAll(json, part.Annotations);
        json.WriteEndArray();
        json.WriteStartArray("logprobs"u8);
        if (isDone) WriteAll(json, part.Logprobs);
        json.WriteEndArray();
        json.WriteText("text", isDone ? part.Text : "");
        json.WriteEndObject();
    }

    /// <summary>Writes the items of arrays.</summary>
    public static void WriteAll(Utf8JsonWriter json, List<JsonText> arrays)
    {
        foreach (var array in arrays)
        {
            using var document = JsonDocument.Parse(array.Utf8);
            foreach (var one in document.RootElement.EnumerateArray()) json.WriteJson(one);
        }
    }

    void WriteMessage(Utf8JsonWriter json, bool isDone)
    {
        json.WriteStartArray("content"u8);
        if (isDone)
        {
            foreach (var part in Parts)
                if (part.Name != ResponsesNames.NoContent) WriteContent(json, part, isDone: true);
        }
        json.WriteEndArray();
        json.WriteString("role"u8, "assistant"u8);
    }

    void WriteReasoning(Utf8JsonWriter json, bool isDone)
    {
        json.WriteStartArray("summary"u8);
        if (isDone && !IsThoughts) WriteTexts(json, "summary_text");
        json.WriteEndArray();
        if (IsThoughts)
        {
            json.WriteStartArray("content"u8);
            if (isDone) WriteTexts(json, ResponsesNames.ReasoningText);
            json.WriteEndArray();
        }
        if (isDone && isOwn && first.Encrypted is { } encrypted) json.WriteText("encrypted_content", encrypted);
    }

    void WriteTexts(Utf8JsonWriter json, string type)
    {
        if (first.IsEmpty) return;
        foreach (var text in Paragraphs())
        {
            json.WriteStartObject();
            json.WriteText("type", type);
            json.WriteText("text", text);
            json.WriteEndObject();
        }
    }

    /// <summary>The parts of a summary, as they were told apart when they came.</summary>
    IEnumerable<string> Paragraphs()
    {
        var text = first.Text;
        var from = 0;
        foreach (var at in Breaks)
        {
            yield return text[from..at];
            from = at + ResponsesNames.SummaryBreak.Length;
        }
        yield return text[from..];
    }

    /// <summary>Where in the text the parts of a summary end.</summary>
    public List<int> Breaks { get; init; } = [];

    /// <summary>Fields that only this dialect knows; a status where there is none.</summary>
    void WriteOwn(Utf8JsonWriter json, bool isDone)
    {
        var hasStatus = false;
        if (isOwn && !first.Json.IsEmpty)
        {
            using var document = JsonDocument.Parse(first.Json.Utf8);
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (field.NameEquals("id")) continue;
                hasStatus |= field.Name == "status";
                json.WritePropertyName(field.Name);
                json.WriteJson(field.Value);
            }
        }
        if (!hasStatus && (!isOwn || first.Json.IsEmpty) && first.Kind != ReplyPartKind.Reasoning)
            json.WriteString("status"u8, isDone ? "completed"u8 : "in_progress"u8);
    }

    static string? IdOf(CollectedPart part)
    {
        if (part.Kind is not ReplyPartKind.ToolCall) return part.Id;
        if (part.Json.IsEmpty) return null;
        using var document = JsonDocument.Parse(part.Json.Utf8);
        return document.RootElement.TextOf("id");
    }
}
