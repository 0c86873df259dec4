using System.Buffers;
using System.Text;

namespace Weir.Config;

/// <summary>
/// Gives every spelling of a path one form, in which it is matched and sent upstream (RFC 3986 section 6.2.2, and Kong's merging of slashes).
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>Percent-encoded unreserved characters are decoded ("%61" is "a", "%2e" is "."). Every other valid sequence stays encoded, in upper case:
/// "%2f" never becomes a slash, "%00" never a NUL, "%0d%0a" never a line break.</item>
/// <item>Dot segments are removed; ".." at the root stays at the root. Runs of slashes become one.</item>
/// <item>A '%' that starts no valid sequence is data and becomes "%25", so that decoding can never assemble a new sequence ("%2%35").</item>
/// <item>Characters with no place in a path (controls, space, quotes, backslash, braces, '#', '?', …) and non-ASCII characters (as UTF-8) are encoded.
/// A backslash is never a separator.</item>
/// <item>The result starts with a slash, whatever the input.</item>
/// </list>
/// </remarks>
static class PathNormalizer
{
    const int StackCharsMax = 512;

    // A non-ASCII character takes up to three UTF-8 bytes of three characters each.
    const int GrowthMax = 9;

    const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    const string KeptReserved = "/!$&'()*+,;=:@[]";

    static readonly SearchValues<char> s_unreserved = SearchValues.Create(Unreserved);
    static readonly SearchValues<char> s_kept = SearchValues.Create(Unreserved + KeptReserved);

    // What needs no second look: '.' may be a dot segment, and '%' a sequence to decode.
    static readonly SearchValues<char> s_plain = SearchValues.Create((Unreserved + KeptReserved).Replace(".", "", StringComparison.Ordinal));

    /// <summary>The normal form of a raw path (without query). The same instance when it is normal already. Never throws.</summary>
    public static string Normalize(string rawPath) => IsNormal(rawPath) ? rawPath : Rewrite(rawPath);

    /// <summary>Whether a character may stand in a normal path as it is ('%' only as part of a sequence).</summary>
    public static bool IsKept(char c) => s_kept.Contains(c);

    /// <summary>Whether a path is in the normal form already.</summary>
    public static bool IsNormal(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty || path[0] != '/' || path.Contains("//", StringComparison.Ordinal)) return false;
        var at = 0;
        while (true)
        {
            var step = path[at..].IndexOfAnyExcept(s_plain);
            if (step < 0) return true;
            at += step;
            switch (path[at])
            {
                case '.' when !IsDotSegment(path, at):
                    at++;
                    break;
                case '%' when IsNormalSequence(path, at):
                    at += 3;
                    break;
                default:
                    return false;
            }
        }
    }

    static bool IsDotSegment(ReadOnlySpan<char> path, int at)
    {
        if (path[at - 1] != '/') return false;
        var rest = path[(at + 1)..];
        if (rest is ['.', ..]) rest = rest[1..];
        return rest.IsEmpty || rest[0] == '/';
    }

    static bool IsNormalSequence(ReadOnlySpan<char> path, int at) =>
        TryReadSequence(path, at, out var value) && !IsUnreserved(value) && !char.IsAsciiLetterLower(path[at + 1]) && !char.IsAsciiLetterLower(path[at + 2]);

    static bool IsUnreserved(int value) => s_unreserved.Contains((char)value);

    static bool TryReadSequence(ReadOnlySpan<char> path, int at, out int value)
    {
        value = 0;
        if (at + 2 >= path.Length || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2])) return false;
        value = (HexValue(path[at + 1]) << 4) | HexValue(path[at + 2]);
        return true;
    }

    static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    static string Rewrite(string rawPath)
    {
        var bufferCharsMax = (rawPath.Length * GrowthMax) + 1;
        char[]? rented = null;
        var buffer = bufferCharsMax <= StackCharsMax ? stackalloc char[StackCharsMax] : rented = ArrayPool<char>.Shared.Rent(bufferCharsMax);
        buffer[0] = '/';
        var written = 1 + Recode(rawPath, buffer[1..]);
        var result = new string(buffer[..RemoveSegments(buffer[..written])]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return result;
    }

    /// <summary>Writes every character in its normal spelling; segments are left as they are.</summary>
    static int Recode(ReadOnlySpan<char> path, Span<char> output)
    {
        var written = 0;
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < path.Length;)
        {
            if (TryReadPercent(path, i, out var value))
            {
                if (IsUnreserved(value)) output[written++] = (char)value;
                else written += WriteEncoded((byte)value, output[written..]);
                i += 3;
            }
            else if (s_kept.Contains(path[i]))
            {
                output[written++] = path[i++];
            }
            else
            {
                // A lone surrogate decodes to U+FFFD; a replacement character is a character like any other.
                _ = Rune.DecodeFromUtf16(path[i..], out var rune, out var consumed);
                foreach (var part in utf8[..rune.EncodeToUtf8(utf8)]) written += WriteEncoded(part, output[written..]);
                i += consumed;
            }
        }
        return written;
    }

    static bool TryReadPercent(ReadOnlySpan<char> path, int at, out int value)
    {
        value = 0;
        return path[at] == '%' && TryReadSequence(path, at, out value);
    }

    static int WriteEncoded(byte value, Span<char> output)
    {
        const string Digits = "0123456789ABCDEF";
        output[0] = '%';
        output[1] = Digits[value >> 4];
        output[2] = Digits[value & 0xF];
        return 3;
    }

    /// <summary>Removes dot segments and empty segments in place and returns the new length. The path starts with a slash.</summary>
    static int RemoveSegments(Span<char> path)
    {
        var written = 0;
        var endsInSlash = false;
        for (var at = 0; at < path.Length;)
        {
            // Invariant: path[at] is a slash, and path[..written] is normal and has no slash at its end.
            var start = at + 1;
            var length = path[start..].IndexOf('/');
            if (length < 0) length = path.Length - start;
            var segment = path.Slice(start, length);
            at = start + length;

            endsInSlash = segment.IsEmpty || segment is "." or "..";
            if (segment is "..") written = Math.Max(0, path[..written].LastIndexOf('/'));
            if (endsInSlash) continue;
            path[written++] = '/';
            segment.CopyTo(path[written..]);
            written += length;
        }
        if (endsInSlash) path[written++] = '/';
        return written;
    }
}
