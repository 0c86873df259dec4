using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway;

/// <summary>The headers with which a client speaks about its own connection only (RFC 9110 §7.6.1).</summary>
static class HopByHop
{
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
}
