using System.Text;

namespace Weir.Gateway;

/// <summary>
/// The encoding in which Kestrel reads Connection. Where the whole header comes down to one option that Kestrel knows, it puts that option in place of the
/// header, and the names of hop-by-hop headers beside it are lost. It does not do so with two options: a line that names a header is read with two behind
/// it. One of them ends the connection after the answer, so a client that names headers gets one request per connection.
/// </summary>
sealed class ConnectionList : Encoding
{
    public static readonly ConnectionList Instance = new();

    const string Unfoldable = ", keep-alive, close";

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => GetCharCount(bytes.AsSpan(index, count));

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length + (NamesHeader(bytes) ? Unfoldable.Length : 0);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var length = Latin1.GetChars(bytes, chars);
        if (!NamesHeader(bytes)) return length;
        Unfoldable.CopyTo(chars[length..]);
        return length + Unfoldable.Length;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount + Unfoldable.Length;

    /// <summary>Kestrel trims blanks and not tabs: an option beside a tab is none that it knows.</summary>
    static bool NamesHeader(ReadOnlySpan<byte> line)
    {
        foreach (var range in line.Split((byte)','))
            if (!IsHarmless(line[range].Trim((byte)' '))) return true;
        return false;
    }

    /// <summary>Options that are no header, or a header that never goes upstream as the client sent it.</summary>
    static bool IsHarmless(ReadOnlySpan<byte> option) => option.Length switch
    {
        0 => true,
        2 => Ascii.EqualsIgnoreCase(option, "TE"u8),
        5 => Ascii.EqualsIgnoreCase(option, "close"u8),
        7 => Ascii.EqualsIgnoreCase(option, "upgrade"u8),
        10 => Ascii.EqualsIgnoreCase(option, "keep-alive"u8),
        14 => Ascii.EqualsIgnoreCase(option, "HTTP2-Settings"u8),
        _ => false,
    };
}
