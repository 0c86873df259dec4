using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>
/// Refuses requests whose end two readers could see in two places. Kestrel refuses most of them itself; of two lengths it keeps the chunks and drops
/// Content-Length, and it takes any list of codings that ends in chunked. RFC 9112 §6.1 allows to refuse both, and nobody sends them in good faith.
/// </summary>
static class FramingGuard
{
    /// <summary>Where Kestrel puts a Content-Length that came together with Transfer-Encoding.</summary>
    const string DroppedLength = "X-Content-Length";

    public static bool Accepts(IHttpRequestFeature request)
    {
        var encoding = request.Headers.TransferEncoding;
        if (encoding.Count == 0) return true;
        return encoding.Count == 1 && string.Equals(encoding[0], "chunked", StringComparison.OrdinalIgnoreCase)
            && request.Protocol == "HTTP/1.1" && !request.Headers.ContainsKey(DroppedLength);
    }

    /// <summary>A stream has no connection of its own to speak about (RFC 9113 §8.2.2). The other headers of that kind Kestrel refuses.</summary>
    public static bool AcceptsStream(IHeaderDictionary headers) => headers.Upgrade.Count + headers.KeepAlive.Count + headers.ProxyConnection.Count == 0;
}
