using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>Cohere's errors: <c>{"id", "message"}</c>. What kind of error it is stands in the status alone.</summary>
static class CohereErrors
{
    const int TextMax = 512;

    public static LlmError Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = WireJson.Parse(body);
            if (document.RootElement.TextOf("message") is { } message) return Of(status, message);
        }
        catch (Exception e) when (WireJson.IsBroken(e))
        {
        }
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(TextMax, body.Length)]).Trim();
        return new LlmError(LlmError.KindOf(status), status, text.Length == 0 ? $"The provider answered with status {status}." : text);
    }

    public static LlmError Of(int status, string message) => new(KindOf(status, message), status, message);

    public static void Write(LlmError error, string? id, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, WireText.Options);
        json.WriteStartObject();
        if (id is { Length: > 0 }) json.WriteText("id", id);
        json.WriteText("message", error.Message);
        json.WriteEndObject();
    }

    static LlmErrorKind KindOf(int status, string message)
    {
        if (status == 400 && message.StartsWith("too many tokens", StringComparison.OrdinalIgnoreCase)) return LlmErrorKind.TooLarge;
        // 498: the token was refused; 499: cancelled by the caller.
        return status switch { 498 => LlmErrorKind.ContentFilter, 499 => LlmErrorKind.Timeout, _ => LlmError.KindOf(status) };
    }
}
