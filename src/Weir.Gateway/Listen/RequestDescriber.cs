using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>Step 1: what the request is and who sent it, before anything is decided.</summary>
sealed class RequestDescriber(TrustedPeers trusted, TimeProvider time, RequestIds ids)
{
    // What follows such a request on its connection cannot be trusted to be a request.
    static readonly Answer BadRequest = Answer.Fault(400, StatusMessages.Of(400)).With("Connection", "close");
    static readonly Answer NotAllowed = Answer.Fault(405, StatusMessages.Of(405)).With("Connection", "close");

    /// <summary>The error code HTTP_1_1_REQUIRED (RFC 9113 §7).</summary>
    const int Http11Required = 13;

    public Verdict Describe(Passage passage)
    {
        var exchange = passage.Exchange;
        var http = passage.Http;
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        exchange.Http = http;
        exchange.RequestId = ids.Next();
        exchange.StartedAt = time.GetUtcNow();
        passage.StartedTicks = Stopwatch.GetTimestamp();
        exchange.Method = request.Method;
        exchange.Upstream.Reset(request.Method);

        if (!FramingGuard.Accepts(request) || (passage.IsStream && !FramingGuard.AcceptsStream(request.Headers))) return Malformed(passage, BadRequest);
        if (request.Method == HttpMethods.Connect) return RefuseTunnel(passage);
        // It would show a script what the browser sends in its name; nginx, and Kong with it, refuses it as well.
        if (request.Method == HttpMethods.Trace) return Malformed(passage, NotAllowed);
        HopByHop.RemoveListed(request.Headers);
        // The client's own proxy credentials end here; a plugin may set others for the upstream (RFC 9110 §11.7.2).
        passage.ProxyAuthorization = request.Headers.ProxyAuthorization;
        passage.IsTls = DescribeConnection(passage);
        DescribeClient(exchange, request.Headers, passage.IsTls);
        DescribeProtocol(passage, request);
        return DescribeTarget(exchange, request.RawTarget) ? Verdict.Continue : BadRequest;
    }

    /// <summary>Describes as much of a refused request as its answer and its records need.</summary>
    static Verdict Malformed(Passage passage, Answer answer)
    {
        DescribeConnection(passage);
        passage.Exchange.Scheme = passage.Exchange.Sni is null ? "http" : "https";
        passage.Exchange.Path = "/";
        return answer;
    }

    /// <summary>
    /// What goes through a tunnel meets no plugin. Kestrel offers WebSockets over HTTP/2 to its clients (RFC 8441): browsers that take up the offer are sent
    /// to HTTP/1.1, where a WebSocket is an upgrade.
    /// </summary>
    static Verdict RefuseTunnel(Passage passage)
    {
        if (passage.Http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true })
            passage.Http.Features.Get<IHttpResetFeature>()?.Reset(Http11Required);
        return Malformed(passage, NotAllowed);
    }

    /// <summary>Describes a request that Kestrel has refused: its connection, and what of its head is known.</summary>
    public void DescribeRefused(Passage passage, BadHttpRequestException refusal)
    {
        var exchange = passage.Exchange;
        var request = passage.Http.Features.GetRequiredFeature<IHttpRequestFeature>();
        exchange.Http = passage.Http;
        exchange.RequestId = ids.Next();
        exchange.StartedAt = time.GetUtcNow();
        exchange.Source = AnswerSource.Error;
        exchange.Refusal = Reason(refusal.Message);
        passage.StartedTicks = Stopwatch.GetTimestamp();
        passage.IsTls = DescribeConnection(passage);
        DescribeClient(exchange, request.Headers, passage.IsTls);
        passage.Protocol = passage.IsTls ? Protocols.Https : Protocols.Http;
        exchange.Path = "/";
        (exchange.Method, exchange.RawTarget) = (request.Method, request.RawTarget ?? "");
        if (exchange.Method.Length > 0) return;
        var input = passage.Http.Features.Get<IConnectionTransportFeature>()?.Transport.Input;
        (exchange.Method, exchange.RawTarget, request.Protocol) = RefusedLine.Of(refusal, input);
    }

    /// <summary>Kestrel's messages may quote the request after a colon, and with it a secret.</summary>
    static string Reason(string message)
    {
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? message : message[..colon]).TrimEnd('.');
    }

    static bool DescribeConnection(Passage passage)
    {
        var exchange = passage.Exchange;
        // The same for all requests of a passage, and none of it cheap to find out.
        var client = passage.Client ??= ClientOf(passage.Http.Features);
        exchange.PeerIp = exchange.ClientIp = client.Address;
        exchange.ClientPort = client.Port;
        exchange.Sni = client.Sni;
        passage.ListenerPort = client.ListenerPort;
        return client.IsTls;
    }

    static ConnectedClient ClientOf(IFeatureCollection features)
    {
        var connection = features.Get<IHttpConnectionFeature>();
        var peer = connection?.RemoteIpAddress ?? IPAddress.None;
        var tls = features.Get<ITlsHandshakeFeature>();
        return new(
            peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer, connection?.RemotePort ?? 0, connection?.LocalPort ?? 0, tls is not null,
            tls?.HostName is { Length: > 0 } name ? name.TrimEnd('.') : null);
    }

    void DescribeClient(Exchange exchange, IHeaderDictionary headers, bool isTls)
    {
        exchange.Scheme = isTls ? "https" : "http";
        exchange.PeerIsTrusted = trusted.Trusts(exchange.PeerIp);
        if (!exchange.PeerIsTrusted) return;
        exchange.ClientIp = trusted.Client(exchange.PeerIp, headers);
        var forwarded = headers["X-Forwarded-Proto"];
        if (forwarded.Count > 0) exchange.Scheme = string.Equals(forwarded[0], "https", StringComparison.OrdinalIgnoreCase) ? "https" : "http";
    }

    static void DescribeProtocol(Passage passage, IHttpRequestFeature request)
    {
        var secure = passage.Exchange.Scheme == "https";
        var headers = request.Headers;
        if (headers.ContentType.Count > 0 && headers.ContentType[0]!.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase))
            passage.Protocol = secure ? Protocols.Grpcs : Protocols.Grpc;
        else if (headers.Upgrade.Count > 0 && string.Equals(headers.Upgrade[0], "websocket", StringComparison.OrdinalIgnoreCase))
            passage.Protocol = secure ? Protocols.Wss : Protocols.Ws;
        else
            passage.Protocol = secure ? Protocols.Https : Protocols.Http;
    }

    /// <summary>Splits the target into normalised path and query. False for what is no path: "*" and authority form have no route.</summary>
    static bool DescribeTarget(Exchange exchange, string target)
    {
        // Kestrel lets a blank at the end and a tab through, which other readers take for the end of the target.
        if (target.AsSpan().ContainsAnyExceptInRange('!', '~')) return false;
        if (target.Length > 0 && target[0] != '/')
        {
            // Absolute form (RFC 9112 §3.2.2): Kestrel has compared its authority with Host.
            var scheme = target.IndexOf("://", StringComparison.Ordinal);
            if (scheme < 0)
            {
                exchange.RawTarget = target;
                exchange.Path = "/";
                return target == "*" && exchange.Method == "OPTIONS";
            }
            var slash = target.IndexOf('/', scheme + 3);
            var question = target.IndexOf('?', scheme + 3);
            var end = target.AsSpan(scheme + 3).IndexOfAny('/', '?');
            // Kestrel leaves the user out of that comparison.
            if (target.AsSpan(scheme + 3, end < 0 ? target.Length - scheme - 3 : end).Contains('@')) return false;
            if (slash < 0 || (question >= 0 && question < slash)) target = question < 0 ? "/" : "/" + target[question..];
            else target = target[slash..];
        }
        exchange.RawTarget = target;
        var mark = target.IndexOf('?');
        exchange.Path = PathNormalizer.Normalize(mark < 0 ? target : target[..mark]);
        exchange.Upstream.Query = mark < 0 ? "" : target[mark..];
        return true;
    }
}
