namespace Weir.Gateway;

/// <summary>The first line of a response (RFC 9112 §4).</summary>
static class StatusLine
{
    /// <summary>Status and minor version, or 0 when the line is not one. The reason is not looked at; the space before it may be missing.</summary>
    public static int Parse(ReadOnlySpan<byte> line, out int minor)
    {
        minor = 0;
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ') return 0;
        if (line.Length > 12 && line[12] != ' ') return 0;
        minor = line[7] - '0';
        int hundreds = line[9] - '0', tens = line[10] - '0', ones = line[11] - '0';
        if (hundreds is < 1 or > 9 || (uint)tens > 9 || (uint)ones > 9) return 0;
        return hundreds * 100 + tens * 10 + ones;
    }

    /// <summary>Whether more bytes could still make a status line of these: junk is refused at once instead of at a timeout.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> text)
    {
        var prefix = "HTTP/1."u8;
        var length = Math.Min(text.Length, prefix.Length);
        return text[..length].SequenceEqual(prefix[..length]);
    }
}
