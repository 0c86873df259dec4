using System.Collections.Concurrent;
using System.Globalization;

namespace Weir.Gateway;

/// <summary>
/// The connection pools of one peer, one for each way of securing a connection to it, and the texts that name it. Hangs on <see cref="Peer.Tag"/>, so it
/// lives as long as the address is in use, over any number of reloads.
/// </summary>
sealed class PeerConnections(Peer peer, Transports transports) : IDisposable
{
    // Server names follow clients' Host headers on routes that preserve them: a hostile client must not be able to make pools without end.
    const int PoolsMax = 256;

    readonly Lock _gate = new();
    readonly ConcurrentDictionary<UpstreamTls, Http1Pool> _secure = new();
    Http1Pool? _plain;
    Http2Channel? _plainHttp2;
    readonly ConcurrentDictionary<UpstreamTls, Http2Channel> _secureHttp2 = new();

    /// <summary>host:port, or host alone where the port is the scheme's own.</summary>
    public string HttpHost { get; } = peer.Address.Port == 80 ? Bracketed(peer) : WithPort(peer);

    /// <inheritdoc cref="HttpHost"/>
    public string HttpsHost { get; } = peer.Address.Port == 443 ? Bracketed(peer) : WithPort(peer);

    /// <summary>http://host:port, for records.</summary>
    public string HttpOrigin { get; } = "http://" + WithPort(peer);

    /// <summary>https://host:port, for records.</summary>
    public string HttpsOrigin { get; } = "https://" + WithPort(peer);

    /// <summary>The connections of a peer, made at its first use.</summary>
    public static PeerConnections Of(Peer peer, Transports transports)
    {
        if (peer.Tag is PeerConnections known) return known;
        lock (peer)
        {
            if (peer.Tag is PeerConnections meanwhile) return meanwhile;
            var made = new PeerConnections(peer, transports);
            peer.Tag = made;
            return made;
        }
    }

    public Http1Pool Pool(UpstreamTls? tls)
    {
        if (tls is null) return _plain ?? MakePlain();
        if (_secure.TryGetValue(tls, out var pool)) return pool;
        Shrink(_secure);
        return _secure.GetOrAdd(tls, static (key, self) => self.transports.NewPool(new(self.peer.Address, key)), (peer, transports));
    }

    public Http2Channel Http2(UpstreamTls? tls)
    {
        if (tls is null) return _plainHttp2 ?? MakePlainHttp2();
        if (_secureHttp2.TryGetValue(tls, out var channel)) return channel;
        Shrink(_secureHttp2);
        return _secureHttp2.GetOrAdd(tls, static (key, self) => self.transports.NewChannel(new(self.peer.Address, key)), (peer, transports));
    }

    /// <summary>Closes all pools and forgets them: who comes later, from an older configuration, gets new ones, which are closed in their turn.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref _plain, null)?.Dispose();
        Interlocked.Exchange(ref _plainHttp2, null)?.Dispose();
        Empty(_secure);
        Empty(_secureHttp2);
    }

    Http1Pool MakePlain()
    {
        lock (_gate) return _plain ??= transports.NewPool(new(peer.Address));
    }

    Http2Channel MakePlainHttp2()
    {
        lock (_gate) return _plainHttp2 ??= transports.NewChannel(new(peer.Address));
    }

    static void Empty<T>(ConcurrentDictionary<UpstreamTls, T> pools) where T : IDisposable
    {
        foreach (var (key, _) in pools)
            if (pools.TryRemove(key, out var gone)) gone.Dispose();
    }

    static void Shrink<T>(ConcurrentDictionary<UpstreamTls, T> pools) where T : IDisposable
    {
        if (pools.Count < PoolsMax) return;
        foreach (var (key, _) in pools)
        {
            if (pools.TryRemove(key, out var gone)) gone.Dispose();
            return;
        }
    }

    static string Bracketed(Peer peer) => !peer.IsNamed && peer.HostName.Contains(':') && peer.HostName[0] != '[' ? $"[{peer.HostName}]" : peer.HostName;

    static string WithPort(Peer peer) => string.Create(CultureInfo.InvariantCulture, $"{Bracketed(peer)}:{peer.Address.Port}");
}

/// <summary>What connections to upstreams are made with.</summary>
sealed class Transports(IConnector connector, PoolLimits limits, Http1Limits http, UpstreamClock clock) : IDisposable
{
    public Http1Pool NewPool(UpstreamEndpoint endpoint) => new(endpoint, connector, limits, http, clock);

    public Http2Channel NewChannel(UpstreamEndpoint endpoint) => new(endpoint, connector);

    public void Dispose() => clock.Dispose();
}
