namespace Weir.Gateway.Plugins;

/// <summary>Text that may stand in a header of an answer: printable ASCII (RFC 9110 §5.5). Anything else would fail only when the answer is written.</summary>
static class PrintableText
{
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');

    /// <summary>Reports a configured text that cannot stand in a header.</summary>
    public static void Check(string field, string? text, Problems problems)
    {
        if (text is not null && !IsPlain(text)) problems.Add(field, "stands in a header; expected printable ASCII characters only");
    }
}
