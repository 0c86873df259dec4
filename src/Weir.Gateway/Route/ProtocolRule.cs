using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// What the protocols of a route mean. They are not matched: a route is found whatever the scheme, one that serves http also serves https, and one that
/// serves https only refuses plain requests after the match, with a redirect or 426.
/// </summary>
static class ProtocolRule
{
    /// <summary>Whether a route serves encrypted requests only.</summary>
    public static bool NeedsHttps(RouteConfig route) =>
        route.Protocols.Any(static protocol => protocol is RouteProtocol.Https or RouteProtocol.Grpcs or RouteProtocol.Wss)
        && !route.Protocols.Any(static protocol => protocol is RouteProtocol.Http or RouteProtocol.Grpc or RouteProtocol.Ws);

    /// <summary>Whether a route serves gRPC, and refuses everything else.</summary>
    public static bool IsGrpc(RouteConfig route) => route.Protocols.Any(static protocol => protocol is RouteProtocol.Grpc or RouteProtocol.Grpcs);

    /// <summary>Whether a route belongs to raw connections rather than to requests.</summary>
    public static bool IsStream(RouteConfig route) =>
        route.Protocols.Any(static protocol => protocol is RouteProtocol.Tcp or RouteProtocol.Tls or RouteProtocol.TlsPassthrough or RouteProtocol.Udp);

    /// <summary>The effective strip_path: a gRPC path names a method and stays whole unless the route says otherwise.</summary>
    public static bool StripsPath(RouteConfig route) => route.StripPath ?? !IsGrpc(route);
}
