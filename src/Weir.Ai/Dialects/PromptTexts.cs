namespace Weir.Ai;

/// <summary>What a string in a prompt is, by the name of its field.</summary>
enum PromptText : byte
{
    /// <summary>Text that the model reads.</summary>
    Counted,

    /// <summary>The kind of a part.</summary>
    Kind,

    /// <summary>Base64, an address, or something encrypted.</summary>
    Media,

    /// <summary>An id or a word of the format.</summary>
    Ignored,
}

/// <summary>Which strings of a prompt the model reads.</summary>
static class PromptTexts
{
    public static PromptText KindOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => PromptText.Ignored,
        3 when name.SequenceEqual("url"u8) => PromptText.Media,
        3 when name.SequenceEqual("ttl"u8) => PromptText.Ignored,
        4 when name.SequenceEqual("type"u8) => PromptText.Kind,
        4 when name.SequenceEqual("role"u8) => PromptText.Ignored,
        4 when name.SequenceEqual("data"u8) => PromptText.Media,
        6 when name.SequenceEqual("detail"u8) || name.SequenceEqual("format"u8) || name.SequenceEqual("status"u8) => PromptText.Ignored,
        7 when name.SequenceEqual("file_id"u8) || name.SequenceEqual("call_id"u8) => PromptText.Ignored,
        8 when name.SequenceEqual("file_url"u8) => PromptText.Media,
        9 when name.SequenceEqual("image_url"u8) || name.SequenceEqual("file_data"u8) || name.SequenceEqual("signature"u8) => PromptText.Media,
        10 when name.SequenceEqual("media_type"u8) => PromptText.Ignored,
        11 when name.SequenceEqual("tool_use_id"u8) => PromptText.Ignored,
        12 when name.SequenceEqual("tool_call_id"u8) => PromptText.Ignored,
        12 when name.SequenceEqual("document_url"u8) => PromptText.Media,
        17 when name.SequenceEqual("encrypted_content"u8) => PromptText.Media,
        _ => PromptText.Counted,
    };

    public static bool IsImage(ReadOnlySpan<byte> kind) =>
        kind.SequenceEqual("image_url"u8) || kind.SequenceEqual("image"u8) || kind.SequenceEqual("input_image"u8);

    public static bool IsFile(ReadOnlySpan<byte> kind) =>
        kind.SequenceEqual("file"u8) || kind.SequenceEqual("document"u8) || kind.SequenceEqual("input_file"u8) || kind.SequenceEqual("input_audio"u8)
        || kind.SequenceEqual("video_url"u8) || kind.SequenceEqual("document_url"u8);

    /// <summary>UTF-8 length of a JSON string without its escapes. Both halves of a surrogate pair count as the two bytes that each is of the whole.</summary>
    public static int UnescapedBytes(ReadOnlySpan<byte> escaped)
    {
        var count = escaped.Length;
        for (var at = escaped.IndexOf((byte)'\\'); at >= 0 && at + 1 < escaped.Length;)
        {
            var isUnit = escaped[at + 1] == 'u' && at + 5 < escaped.Length;
            count -= isUnit ? 6 - UnitBytes(escaped.Slice(at + 2, 4)) : 1;
            escaped = escaped[(at + (isUnit ? 6 : 2))..];
            at = escaped.IndexOf((byte)'\\');
        }
        return count;
    }

    static int UnitBytes(ReadOnlySpan<byte> hex)
    {
        var isAscii = hex.StartsWith("00"u8) && hex[2] < '8';
        if (isAscii) return 1;
        var isSurrogate = (hex[0] | 0x20) == 'd' && hex[1] >= '8';
        return isSurrogate || (hex[0] == '0' && hex[1] < '8') ? 2 : 3;
    }
}
