using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Weir.Gateway;

/// <summary>Writes the head of the upstream request: the client's end-to-end headers, and those that say whom the gateway speaks for.</summary>
static class RequestHeadComposer
{
    const int ProxyAuthorizationLength = 19;

    /// <summary>Everything but the framing of the body and the end of the head.</summary>
    public static void Write<THead>(Passage passage, THead head, string host) where THead : struct, IHeadSink
    {
        var exchange = passage.Exchange;
        var headers = passage.Http.Request.Headers;
        head.Header(OwnHeader.Host, host);
        foreach (var (name, values) in headers)
        {
            if (RequestHeadFilter.IsOwn(name)) continue;
            if (name.Length == ProxyAuthorizationLength && name.Equals(HeaderNames.ProxyAuthorization, StringComparison.OrdinalIgnoreCase)
                && values == passage.ProxyAuthorization) continue;
            Copy(head, name, values);
        }
        WriteForwarding(passage, head, headers);
        head.Header(OwnHeader.RequestId, exchange.RequestId);
        head.Header(OwnHeader.Via, headers.Via.Count == 0 ? Product.Via : $"{headers.Via}, {Product.Via}");
        if (headers.TE.Count > 0 && HopByHop.AcceptsTrailers(headers.TE)) head.Header(OwnHeader.Te, "trailers");
    }

    /// <summary>
    /// Whether the client asks for WebSocket. Other protocols are not tunnelled: h2c would carry requests past every plugin.
    /// </summary>
    public static bool AsksWebSocket(IHeaderDictionary headers) =>
        headers.Upgrade.Count == 1 && string.Equals(headers.Upgrade[0], "websocket", StringComparison.OrdinalIgnoreCase)
        && RequestHeadFilter.IsListed(headers.Connection.ToString(), "Upgrade");

    static void Copy<THead>(THead head, string name, StringValues values) where THead : struct, IHeadSink
    {
        if (values.Count == 1)
        {
            head.Header(name, values[0] ?? "");
            return;
        }
        foreach (var value in values) head.Header(name, value ?? "");
    }

    static void WriteForwarding<THead>(Passage passage, THead head, IHeaderDictionary headers) where THead : struct, IHeadSink
    {
        var exchange = passage.Exchange;
        var trusted = exchange.PeerIsTrusted;
        var client = passage.TextOf(exchange.ClientIp);
        head.Header(OwnHeader.RealIp, client);
        var forwardedFor = headers["X-Forwarded-For"];
        head.Header(OwnHeader.ForwardedFor, forwardedFor.Count == 0 ? client : $"{forwardedFor}, {passage.TextOf(exchange.PeerIp)}");
        head.Header(OwnHeader.ForwardedProto, Given(trusted, headers, "X-Forwarded-Proto") ?? exchange.Scheme);
        head.Header(OwnHeader.ForwardedHost, Given(trusted, headers, "X-Forwarded-Host") ?? passage.HostOnly(headers.Host.ToString()));
        head.Header(OwnHeader.ForwardedPort, Given(trusted, headers, "X-Forwarded-Port") ?? PortText(passage.ListenerPort));
        head.Header(OwnHeader.ForwardedPath, Given(trusted, headers, "X-Forwarded-Path") ?? PathOnly(exchange.RawTarget));
        var stripped = passage.Route is { StripPath: true } && exchange.MatchedPathLength > 1 ? exchange.MatchedPath : null;
        var prefix = Given(trusted, headers, "X-Forwarded-Prefix") ?? stripped;
        if (prefix is not null) head.Header(OwnHeader.ForwardedPrefix, prefix);
    }

    static string? Given(bool trusted, IHeaderDictionary headers, string name) =>
        trusted && headers.TryGetValue(name, out var values) && values.Count > 0 ? values.ToString() : null;

    static string PathOnly(string target)
    {
        var question = target.IndexOf('?');
        return question < 0 ? target : target[..question];
    }

    static string PortText(int port) => port switch
    {
        80 => "80",
        443 => "443",
        8000 => "8000",
        8443 => "8443",
        _ => port.ToString(CultureInfo.InvariantCulture),
    };
}
