using System.Buffers;

namespace Weir.Gateway.Plugins;

/// <summary>
/// What may stand in a header (RFC 9110 §5.5, §5.6.2). Configured texts and rendered templates both end up there, and a line break in one must not start
/// a new header.
/// </summary>
static class HeaderText
{
    static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsName(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenChars);

    public static bool IsValue(string text)
    {
        foreach (var c in text)
            if (c is (< ' ' and not '\t') or '\x7f') return false;
        return true;
    }
}
