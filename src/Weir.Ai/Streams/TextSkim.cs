namespace Weir.Ai;

/// <summary>
/// Recognises events of a stream that bring more of a text and nothing else, by their form and without reading them as JSON. Most events of most streams
/// are such; where nobody wants the text itself, its length is all that the records need.
/// </summary>
static class TextSkim
{
    const int Other = -1;

    /// <summary>Length in bytes, as escaped, of the text that a chunk of a chat brings to its first choice; below 0 for any other chunk.</summary>
    public static int OpenAiChat(ReadOnlySpan<byte> json)
    {
        var at = json.IndexOf("\"choices\":[{\"index\":0,\"delta\":{\"content\":\""u8);
        if (at < 0 || SaysMore(json[..at])) return Other;
        var text = json[(at + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\""u8.Length)..];
        var length = LengthOfString(text);
        if (length < 0) return Other;
        var rest = text[(length + 1)..];
        return rest.StartsWith("}"u8) && rest.IndexOf("\"finish_reason\":null"u8) >= 0 && rest.IndexOf("\"index\""u8) < 0 && !SaysMore(rest) ? length : Other;
    }

    /// <summary>The same for an event of Anthropic's.</summary>
    public static int Anthropic(ReadOnlySpan<byte> json)
    {
        var start = "{\"type\":\"content_block_delta\",\"index\":"u8;
        if (!json.StartsWith(start)) return Other;
        var rest = json[start.Length..].TrimStart("0123456789"u8);
        var delta = ",\"delta\":{\"type\":\"text_delta\",\"text\":\""u8;
        if (!rest.StartsWith(delta)) return Other;
        rest = rest[delta.Length..];
        var length = LengthOfString(rest);
        return length >= 0 && rest[(length + 1)..].TrimEnd((byte)' ').SequenceEqual("}}"u8) ? length : Other;
    }

    static bool SaysMore(ReadOnlySpan<byte> json) => json.IndexOf("\"usage\":{"u8) >= 0 || json.IndexOf("\"error\""u8) >= 0;

    /// <summary>Bytes before the quote that ends a string.</summary>
    static int LengthOfString(ReadOnlySpan<byte> text)
    {
        for (var from = 0; ;)
        {
            var at = text[from..].IndexOfAny((byte)'"', (byte)'\\');
            if (at < 0) return Other;
            if (text[from + at] == '"') return from + at;
            from += at + 2;
            if (from > text.Length) return Other;
        }
    }
}
