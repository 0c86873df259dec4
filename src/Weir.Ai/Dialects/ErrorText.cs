using System.Text;

namespace Weir.Ai;

/// <summary>An error answer that is not in the provider's own form: a proxy's page, a line of text, nothing.</summary>
static class ErrorText
{
    /// <summary>Longest piece of the body that is shown.</summary>
    public const int TextBytesMax = 512;

    public static LlmError Of(int status, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, TextBytesMax)]).Trim();
        return new LlmError(LlmError.KindOf(status), status, text.Length == 0 ? $"the provider answered with status {status}" : text);
    }
}
