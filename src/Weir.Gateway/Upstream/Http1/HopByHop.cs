using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway;

/// <summary>Which headers of a request end at the gateway (RFC 9110 §7.6.1).</summary>
static class HopByHop
{
    /// <summary>
    /// Whether a request header goes on to the upstream. Those that do not are meant for this hop, or are written anew: Host, Content-Length, Expect.
    /// </summary>
    public static bool IsForwarded(string name) => name.Length switch
    {
        _ when name.StartsWith(':') => false, // an HTTP/2 pseudo header
        2 => !Is(name, "TE"),
        4 => !Is(name, "Host"),
        5 => !Is(name, "Proxy"),
        6 => !Is(name, "Expect"),
        7 => !Is(name, "Upgrade") && !Is(name, "Trailer"),
        10 => !Is(name, "Connection") && !Is(name, "Keep-Alive"),
        14 => !Is(name, "Content-Length") && !Is(name, "HTTP2-Settings"),
        16 => !Is(name, "Proxy-Connection"),
        17 => !Is(name, "Transfer-Encoding"),
        19 => !Is(name, "Proxy-Authorization"),
        _ => name.Length > 0,
    };

    /// <summary>
    /// Removes the headers that the client's Connection header names. Must run before any plugin, or a client could name, and so remove, a header that a
    /// plugin has set for the upstream to trust.
    /// </summary>
    public static void RemoveListed(IHeaderDictionary headers)
    {
        var connection = headers.Connection;
        for (var i = 0; i < connection.Count; i++)
        {
            var list = connection[i].AsSpan();
            if (IsUsual(list)) continue;
            foreach (var range in list.Split(','))
            {
                var option = list[range].Trim(" \t");
                if (!IsUsual(option) && IsRemovable(option)) headers.Remove(option.ToString());
            }
        }
    }

    /// <summary>Whether the client takes trailers: the one part of TE that is passed on.</summary>
    public static bool AcceptsTrailers(StringValues te)
    {
        for (var i = 0; i < te.Count; i++)
        {
            var list = te[i].AsSpan();
            foreach (var range in list.Split(','))
            {
                if (list[range].Trim(" \t").Equals("trailers", StringComparison.OrdinalIgnoreCase)) return true;
            }
        }
        return false;
    }

    static bool IsUsual(ReadOnlySpan<char> option) =>
        option.IsEmpty || Is(option, "keep-alive") || Is(option, "close") || Is(option, "upgrade");

    /// <summary>What decides where the message goes and where it ends is never the client's to remove.</summary>
    static bool IsRemovable(ReadOnlySpan<char> option) =>
        option[0] != ':' && !Is(option, "Host") && !Is(option, "Content-Length") && !Is(option, "Transfer-Encoding") && !Is(option, "TE");

    static bool Is(ReadOnlySpan<char> name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
