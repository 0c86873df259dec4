namespace Weir.Gateway;

/// <summary>The Host header sent upstream, and the server name of the TLS handshake, which follows it.</summary>
static class UpstreamHost
{
    /// <summary>A plugin's choice, else the client's on routes that preserve it, else the upstream entity's host_header, else the target's name.</summary>
    public static string Of(Passage passage, Balancer balancer, Peer peer, string peerHost)
    {
        if (passage.Exchange.Upstream.Host is { } chosen) return chosen;
        if (passage.Route!.PreserveHost && passage.Http.Request.Headers.Host is { Count: > 0 } host) return host.ToString();
        return balancer.Upstream.HostHeader ?? peerHost;
    }

    public static UpstreamTls WithServerName(UpstreamTls tls, string host)
    {
        var colon = host.LastIndexOf(':');
        var name = colon < 0 || host.EndsWith(']') ? host : host[..colon];
        return tls with { ServerName = name.Trim('[', ']') };
    }
}
