namespace Weir.Gateway;

/// <summary>Finds one cookie in a Cookie header (RFC 6265 §4.2) without taking it apart.</summary>
static class Cookies
{
    /// <summary>The value of the first cookie of that name, without quotes around it.</summary>
    public static bool TryFind(ReadOnlySpan<char> header, ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        while (!header.IsEmpty)
        {
            var end = header.IndexOf(';');
            var pair = (end < 0 ? header : header[..end]).Trim();
            header = end < 0 ? default : header[(end + 1)..];
            var equals = pair.IndexOf('=');
            if (equals < 0 || !pair[..equals].TrimEnd().SequenceEqual(name)) continue;
            value = pair[(equals + 1)..].Trim();
            if (value is ['"', .., '"']) value = value[1..^1];
            return true;
        }
        value = default;
        return false;
    }
}
