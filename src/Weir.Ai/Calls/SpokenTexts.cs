using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>One text of a prompt.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Text">What is said.</param>
/// <param name="Message">Number of the message that it stands in; several texts may.</param>
readonly record struct SpokenText(Role Role, string Text, int Message = 0);

/// <summary>
/// The texts that a call puts before a model, whatever is asked for and in whichever dialect: what guards and filters look at. Results of tools and names of
/// files are among them, and documents of plain text; other media are not.
/// </summary>
static class SpokenTexts
{
    /// <summary>Fields that hold text in requests that are no conversations.</summary>
    public static readonly string[] Fields =
    [
        "input", "inputs", "prompt", "query", "documents", "texts", "content", "contents", "requests", "instances", "messages", "system", "instructions",
        "negative_prompt",
    ];

    /// <summary>The texts in order; null when the request cannot be read, which <paramref name="problems"/> tells.</summary>
    public static IReadOnlyList<SpokenText>? Of(LlmCall call, Problems problems)
    {
        if (call is { Surface: { Operation: Operation.Chat, Dialect: DialectName.OpenAiChat }, IsRewritten: false }
            && PlainTexts.Of(call.Body.Span) is { } plain) return plain;
        if (call.Surface.Operation == Operation.Chat)
            return call.Read(problems) is { } request && problems.Found.Count == 0 ? OfChat(request) : null;
        List<SpokenText> texts = [];
        if (call.FormBoundary is { } boundary) CollectForm(call.Body, boundary, texts);
        if (!call.IsJson) return texts;
        if (WireObject.Parse(call.Body, problems, out var document) is not { } read) return null;
        using (document)
        {
            foreach (var field in Fields)
                if (read.Any(field) is { } value) Collect(value, texts);
        }
        return texts;
    }

    /// <summary>What a transcription or an edited image is asked for beside its file.</summary>
    static void CollectForm(ReadOnlyMemory<byte> body, string boundary, List<SpokenText> texts)
    {
        MultipartForm.TryRead(body.Span, boundary, out var fields, out _);
        foreach (var field in fields)
        {
            if (field.IsFile || !Fields.Contains(field.Name)) continue;
            texts.Add(new SpokenText(Role.User, Encoding.UTF8.GetString(body.Span.Slice(field.Value.Start, field.Value.Length))));
        }
    }

    /// <summary>The texts of a conversation.</summary>
    public static List<SpokenText> OfChat(ChatRequest request)
    {
        List<SpokenText> texts = [];
        for (var i = 0; i < request.Messages.Count; i++)
        {
            var message = request.Messages[i];
            foreach (var part in message.Parts) Collect(new SpokenText(message.Role, "", i), part, texts);
        }
        return texts;
    }

    static void Collect(SpokenText said, Part part, List<SpokenText> texts)
    {
        switch (part)
        {
            case TextPart text:
                texts.Add(said with { Text = text.Text });
                break;
            case ReasoningPart { Text.Length: > 0 } reasoning:
                texts.Add(said with { Text = reasoning.Text });
                break;
            case RefusalPart refusal:
                texts.Add(said with { Text = refusal.Text });
                break;
            case ToolCallPart call:
                texts.Add(said with { Text = Plain(call.Arguments) });
                break;
            case ToolResultPart result:
                foreach (var piece in result.Content) Collect(said with { Role = Role.Tool }, piece, texts);
                break;
            case DocumentPart document:
                if (document.FileName is { } name) texts.Add(said with { Text = name });
                if (document.Context is { } context) texts.Add(said with { Text = context });
                if (Written(document.Media) is { } written) texts.Add(said with { Text = written });
                break;
            case OpaquePart opaque:
                texts.Add(said with { Text = Plain(opaque.Json.ToString()) });
                break;
            default:
                break;
        }
    }

    /// <summary>JSON without its escapes: whoever writes a letter as one must not hide a word with it.</summary>
    static string Plain(string json) => json.Contains('\\') ? WireText.Unescape(Encoding.UTF8.GetBytes(json)) : json;

    /// <summary>The text of a document that is nothing else; null for those that are bytes, and those that are elsewhere.</summary>
    public static string? Written(Media media)
    {
        if (media is not { Base64: { } base64, MimeType: { } type } || !type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    static void Collect(JsonElement value, List<SpokenText> texts)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                texts.Add(new(Role.User, WireJson.TextOf(value)));
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Collect(item, texts);
                break;
            case JsonValueKind.Object:
                foreach (var field in value.EnumerateObject()) Collect(field.Value, texts);
                break;
            default:
                break;
        }
    }
}
