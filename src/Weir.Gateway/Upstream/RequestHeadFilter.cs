namespace Weir.Gateway;

/// <summary>Which of a client's headers do not go upstream as they are.</summary>
static class RequestHeadFilter
{
    /// <summary>
    /// True for hop-by-hop headers (RFC 9110 §7.6.1), for headers that the forwarder writes itself, and for HTTP/2 pseudo headers. Decided by length and
    /// comparison: this runs for every header of every request.
    /// </summary>
    public static bool IsOwn(string name)
    {
        if (name.Length == 0 || name[0] == ':') return true;
        return name.Length switch
        {
            2 => Is(name, "TE"),
            3 => Is(name, "Via"),
            4 => Is(name, "Host"),
            5 => Is(name, "Proxy"),
            6 => Is(name, "Expect"),
            7 => Is(name, "Trailer") || Is(name, "Upgrade"),
            9 => Is(name, "X-Real-IP"),
            10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
            14 => Is(name, "Content-Length") || Is(name, "HTTP2-Settings") || Is(name, "Content_Length"),
            15 => Is(name, "X-Forwarded-For"),
            16 => Is(name, "X-Forwarded-Host") || Is(name, "X-Forwarded-Port") || Is(name, "X-Forwarded-Path") || Is(name, "Proxy-Connection"),
            17 => Is(name, "X-Forwarded-Proto") || Is(name, "Transfer-Encoding") || Is(name, "Transfer_Encoding") || Is(name, "X-Kong-Request-Id"),
            18 => Is(name, "X-Forwarded-Prefix"),
            _ => false,
        };
    }

    /// <summary>True when the Connection header lists this name, which makes it hop-by-hop.</summary>
    public static bool IsListed(string connection, string name)
    {
        foreach (var part in connection.AsSpan().Split(','))
            if (connection.AsSpan()[part].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
