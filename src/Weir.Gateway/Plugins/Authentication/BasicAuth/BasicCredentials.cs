using System.Buffers.Text;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway.Plugins;

/// <summary>Reads <c>Basic base64(user:password)</c>.</summary>
static class BasicCredentials
{
    /// <summary>Longest user name and password together; more counts as no credentials.</summary>
    public const int BytesMax = 2048;

    const string Scheme = "Basic";

    /// <summary>
    /// User name and password of a header, as the bytes that were sent, inside <paramref name="buffer"/>. False unless there is exactly one such header with
    /// a user name that is not empty.
    /// </summary>
    public static bool TryRead(StringValues header, Span<byte> buffer, out ReadOnlySpan<byte> username, out ReadOnlySpan<byte> password)
    {
        username = password = default;
        if (header.Count != 1 || !TryDecode(header[0], buffer, out var length)) return false;
        var decoded = buffer[..length];
        var colon = decoded.IndexOf((byte)':');
        if (colon <= 0) return false;
        username = decoded[..colon];
        password = decoded[(colon + 1)..];
        return true;
    }

    static bool TryDecode(ReadOnlySpan<char> header, Span<byte> buffer, out int length)
    {
        length = 0;
        header = header.Trim();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        var rest = header[Scheme.Length..];
        var token = rest.TrimStart(" \t");
        if (token.Length == rest.Length) return false;
        if (token.Length > Base64.GetMaxEncodedToUtf8Length(BytesMax)) return false;
        return Convert.TryFromBase64Chars(token, buffer, out length);
    }
}
