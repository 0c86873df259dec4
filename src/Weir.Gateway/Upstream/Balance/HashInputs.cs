using System.Net;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// The part of a request that an upstream hashes: hash_on, or hash_fallback when the request lacks the first. Allocates nothing but a new cookie.
/// </summary>
static class HashInputs
{
    const int AddressBytesMax = 16;

    /// <summary>
    /// The key of this request; false when the upstream hashes nothing, or the request has neither input: then any peer will do.
    /// <paramref name="setCookie"/> is the Set-Cookie value that the answer needs, when a cookie was created.
    /// </summary>
    public static bool TryKey(UpstreamConfig upstream, Exchange exchange, Random random, out ulong key, out string? setCookie)
    {
        setCookie = null;
        if (upstream.Algorithm == BalancingAlgorithm.StickySessions && upstream.StickySessionsCookie is { } sticky)
        {
            key = CookieKey(exchange, sticky, upstream.StickySessionsCookiePath ?? "/", random, out setCookie);
            return true;
        }
        return TryInput(upstream.HashOn, upstream.HashOnHeader, upstream.HashOnQueryArg, upstream.HashOnUriCapture, out key, ref setCookie)
            || TryInput(upstream.HashFallback, upstream.HashFallbackHeader,
                upstream.HashFallbackQueryArg, upstream.HashFallbackUriCapture, out key, ref setCookie);

        bool TryInput(HashInput input, string? header, string? queryArg, string? capture, out ulong hash, ref string? cookie)
        {
            hash = 0;
            switch (input)
            {
                case HashInput.Consumer:
                    return TryText(exchange.Consumer?.Id ?? exchange.Credential?.Id, out hash);
                case HashInput.Ip:
                    hash = AddressKey(exchange.ClientIp);
                    return true;
                case HashInput.Header:
                    return TryHeader(exchange, header!, out hash);
                case HashInput.Cookie:
                    hash = CookieKey(exchange, upstream.HashOnCookie!, upstream.HashOnCookiePath, random, out cookie);
                    return true;
                case HashInput.Path:
                    return TryText(exchange.Path, out hash);
                case HashInput.QueryArg:
                    return QueryArgument.TryHash(exchange.Upstream.Query, queryArg, out hash);
                case HashInput.UriCapture:
                    string? text = null;
                    return exchange.UriCaptures?.TryGetValue(capture!, out text) == true && TryText(text, out hash);
                default:
                    return false;
            }
        }
    }

    static bool TryText(string? text, out ulong hash)
    {
        hash = text is null ? 0 : StableHash.Of(text.AsSpan());
        return text is not null;
    }

    static ulong AddressKey(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[AddressBytesMax];
        address.TryWriteBytes(bytes, out var length);
        // A dual-mode socket shows IPv4 clients as ::ffff:a.b.c.d; they are the same clients.
        return StableHash.Of(address.IsIPv4MappedToIPv6 ? bytes[(length - 4)..length] : bytes[..length]);
    }

    static bool TryHeader(Exchange exchange, string name, out ulong hash)
    {
        hash = 0;
        var values = exchange.Http.Request.Headers[name];
        for (var i = 0; i < values.Count; i++) hash = StableHash.Combine(hash, StableHash.Of(values[i].AsSpan()));
        return values.Count > 0;
    }

    static ulong CookieKey(Exchange exchange, string name, string path, Random random, out string? setCookie)
    {
        setCookie = null;
        foreach (var line in exchange.Http.Request.Headers.Cookie)
            if (Cookies.TryFind(line, name, out var value)) return StableHash.Of(value);

        Span<byte> bytes = stackalloc byte[AddressBytesMax];
        random.NextBytes(bytes);
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x40);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        var created = new Guid(bytes, bigEndian: true).ToString();
        setCookie = $"{name}={created}; Path={path}; HttpOnly";
        return StableHash.Of(created.AsSpan());
    }
}
