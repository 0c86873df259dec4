using Weir.Config;

namespace Weir.Gateway;

/// <summary>Protocols of a request as bits, so that a plugin's list of protocols is one test.</summary>
[Flags]
enum Protocols
{
    None = 0,
    Http = 1,
    Https = 2,
    Grpc = 4,
    Grpcs = 8,
    Ws = 16,
    Wss = 32,
    All = Http | Https | Grpc | Grpcs | Ws | Wss,
}

static class ProtocolBits
{
    /// <summary>The bits of a plugin's protocols; all of them when it names none. http covers ws and https covers wss, as upgrades start as requests.</summary>
    public static Protocols Of(IReadOnlyList<RouteProtocol>? protocols)
    {
        if (protocols is null) return Protocols.All;
        var bits = Protocols.None;
        foreach (var protocol in protocols)
            bits |= protocol switch
            {
                RouteProtocol.Http => Protocols.Http | Protocols.Ws,
                RouteProtocol.Https => Protocols.Https | Protocols.Wss,
                RouteProtocol.Grpc => Protocols.Grpc,
                RouteProtocol.Grpcs => Protocols.Grpcs,
                RouteProtocol.Ws => Protocols.Ws,
                RouteProtocol.Wss => Protocols.Wss,
                _ => Protocols.None,
            };
        return bits;
    }
}
