using Weir.Config;

namespace Weir.Gateway;

/// <summary>What a matched route says about the protocol a request came by.</summary>
enum ProtocolVerdict
{
    /// <summary>Served.</summary>
    Pass,

    /// <summary>The route only serves https: 426 <c>Please use HTTPS protocol</c>, or a redirect.</summary>
    NeedsHttps,

    /// <summary>gRPC over HTTP/1: 426 <c>Please use HTTP2 protocol</c>.</summary>
    NeedsHttp2,

    /// <summary>Not gRPC on a gRPC route: 415 <c>Non-gRPC request matched gRPC route</c>.</summary>
    NotGrpc,

    /// <summary>Clear gRPC on a route that only serves grpcs: 200 with grpc-status 1 and grpc-message <c>gRPC request matched gRPCs route</c>.</summary>
    NeedsGrpcs,
}

/// <summary>
/// The protocols of a route, enforced after the match: a route is found whatever the scheme, and one that serves http also serves https.
/// </summary>
readonly struct ProtocolRule
{
    const string GrpcContentType = "application/grpc";

    readonly bool _needsTls;
    readonly bool _isGrpc;

    ProtocolRule(bool needsTls, bool isGrpc)
    {
        _needsTls = needsTls;
        _isGrpc = isGrpc;
    }

    public static ProtocolRule Of(RouteConfig route) => new(NeedsHttps(route), IsGrpc(route));

    /// <summary>Whether a route serves encrypted requests only.</summary>
    public static bool NeedsHttps(RouteConfig route) =>
        !route.Protocols.Any(static protocol => protocol is RouteProtocol.Http or RouteProtocol.Grpc or RouteProtocol.Ws)
        && route.Protocols.Any(static protocol => protocol is RouteProtocol.Https or RouteProtocol.Grpcs or RouteProtocol.Wss);

    public static bool IsGrpc(RouteConfig route) => route.Protocols.Any(static protocol => protocol is RouteProtocol.Grpc or RouteProtocol.Grpcs);

    /// <summary>Whether a route belongs to raw connections rather than to requests.</summary>
    public static bool IsStream(RouteConfig route) =>
        route.Protocols.Any(static protocol => protocol is RouteProtocol.Tcp or RouteProtocol.Tls or RouteProtocol.TlsPassthrough or RouteProtocol.Udp);

    /// <summary>The effective strip_path: gRPC paths name a method and stay whole unless the route says otherwise.</summary>
    public static bool StripsPath(RouteConfig route) => route.StripPath ?? !IsGrpc(route);

    /// <summary>What the route says to a request.</summary>
    /// <param name="isHttps">Whether the client used https, as far as a trusted proxy says.</param>
    /// <param name="isHttp2">Whether the request came by HTTP/2.</param>
    /// <param name="contentType">Content-Type of the request; empty when there is none.</param>
    public ProtocolVerdict Check(bool isHttps, bool isHttp2, ReadOnlySpan<char> contentType)
    {
        if (!_isGrpc) return _needsTls && !isHttps ? ProtocolVerdict.NeedsHttps : ProtocolVerdict.Pass;
        if (!contentType.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase)) return ProtocolVerdict.NotGrpc;
        if (!isHttp2) return ProtocolVerdict.NeedsHttp2;
        return _needsTls && !isHttps ? ProtocolVerdict.NeedsGrpcs : ProtocolVerdict.Pass;
    }

    /// <summary>Location of the https redirect: the host without port, because the listener's https port is not the http one, and the target as sent.</summary>
    public static string HttpsLocation(ReadOnlySpan<char> hostHeader, ReadOnlySpan<char> rawTarget)
    {
        HostRule.Split(hostHeader, out var host, out _);
        return string.Concat("https://", host, rawTarget);
    }
}
