using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Weir.Gateway;

/// <summary>Writes the head of the upstream request: the client's end-to-end headers, and those that say whom the gateway speaks for.</summary>
static class RequestHeadComposer
{
    /// <summary>Everything but the framing of the body and the end of the head.</summary>
    public static void Write(Passage passage, RequestWriter head, string host)
    {
        var exchange = passage.Exchange;
        var headers = passage.Http.Request.Headers;
        head.Header("Host: "u8, host);
        var connection = headers.Connection.Count == 0 ? "" : headers.Connection.ToString();
        var isPlain = connection.Length == 0 || connection.Equals("keep-alive", StringComparison.OrdinalIgnoreCase) || connection.Equals("close", StringComparison.OrdinalIgnoreCase);
        foreach (var (name, values) in headers)
        {
            if (RequestHeadFilter.IsOwn(name) || (!isPlain && RequestHeadFilter.IsListed(connection, name))) continue;
            Copy(head, name, values);
        }
        WriteForwarding(passage, head, headers);
        head.Header("X-Kong-Request-Id: "u8, exchange.RequestId);
        if (headers.Via.Count == 0) head.Lines(ViaLine);
        else head.Header("Via: "u8, $"{headers.Via}, {Product.Via}");
        if (headers.TE.Count > 0 && headers.TE.ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase)) head.Lines("TE: trailers\r\n"u8);
        if (!isPlain && WantsUpgrade(headers, connection)) head.Upgrade(headers.Upgrade.ToString());
    }

    static ReadOnlySpan<byte> ViaLine => "Via: 1.1 kong/3.9.0-weir\r\n"u8;

    static void Copy(RequestWriter head, string name, StringValues values)
    {
        if (values.Count == 1)
        {
            head.Header(name, values[0] ?? "");
            return;
        }
        foreach (var value in values) head.Header(name, value ?? "");
    }

    static void WriteForwarding(Passage passage, RequestWriter head, IHeaderDictionary headers)
    {
        var exchange = passage.Exchange;
        var trusted = exchange.PeerIsTrusted;
        var peer = passage.ClientText(exchange.PeerIp);
        var client = passage.ClientText(exchange.ClientIp);
        head.Header("X-Real-IP: "u8, client);
        var forwardedFor = headers["X-Forwarded-For"];
        head.Header("X-Forwarded-For: "u8, forwardedFor.Count == 0 ? client : $"{forwardedFor}, {peer}");
        head.Header("X-Forwarded-Proto: "u8, Given(trusted, headers, "X-Forwarded-Proto") ?? exchange.Scheme);
        head.Header("X-Forwarded-Host: "u8, Given(trusted, headers, "X-Forwarded-Host") ?? HostOnly(headers.Host.ToString()));
        head.Header("X-Forwarded-Port: "u8, Given(trusted, headers, "X-Forwarded-Port") ?? PortText(passage.ListenerPort));
        head.Header("X-Forwarded-Path: "u8, Given(trusted, headers, "X-Forwarded-Path") ?? PathOnly(exchange.RawTarget));
        var prefix = Given(trusted, headers, "X-Forwarded-Prefix") ?? (passage.Route is { StripPath: true } && exchange.MatchedPath.Length > 1 ? exchange.MatchedPath : null);
        if (prefix is not null) head.Header("X-Forwarded-Prefix: "u8, prefix);
    }

    static string? Given(bool trusted, IHeaderDictionary headers, string name) =>
        trusted && headers.TryGetValue(name, out var values) && values.Count > 0 ? values.ToString() : null;

    static string HostOnly(string host)
    {
        if (host.Length > 0 && host[0] == '[') return host[..(host.IndexOf(']') + 1)];
        var colon = host.IndexOf(':');
        return colon < 0 ? host : host[..colon];
    }

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

    static bool WantsUpgrade(IHeaderDictionary headers, string connection) => headers.Upgrade.Count > 0 && RequestHeadFilter.IsListed(connection, "Upgrade");
}
