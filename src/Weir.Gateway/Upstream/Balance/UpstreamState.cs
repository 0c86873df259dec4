using System.Net;
using System.Security.Cryptography.X509Certificates;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// What an upstream keeps over reloads: its peers with their health, counts and pools. Kept under the upstream's id (or a plain host's name and port) while
/// any snapshot refers to it.
/// </summary>
sealed class UpstreamState : IDisposable
{
    readonly BalancingContext _context;
    readonly HealthProbes _probes;
    readonly Dictionary<(string Host, IPEndPoint Address, string Target), Peer> _peers = [];
    readonly List<Balancer> _balancers = [];
    Balancer? _current;

    public UpstreamState(BalancingContext context)
    {
        _context = context;
        Turn = new Turn(context.Random.Next());
        _probes = new HealthProbes(this, context);
    }

    /// <summary>Guards everything here and in the balancers that is not read by picks. Health has locks of its own, taken inside this one.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Where round-robin stands.</summary>
    internal Turn Turn { get; }

    /// <summary>The latest table of hash slots, which the next one is made from. Under <see cref="Gate"/>.</summary>
    internal SlotTable Slots { get; set; } = SlotTable.Empty;

    /// <summary>
    /// Prepares a balancer for a snapshot under construction. Peers known already are shared; nothing else changes until <see cref="Balancer.Activate"/>.
    /// </summary>
    public Balancer Update(UpstreamConfig upstream, IEnumerable<TargetConfig> targets, X509Certificate2? clientCertificate = null) =>
        Start(new Balancer(this, _context, upstream, [.. targets.Select(BalancedTarget.Of)]) { ClientCertificate = clientCertificate });

    /// <summary>Prepares a balancer for a service whose host is not an upstream: one target, chosen round-robin among the name's addresses.</summary>
    public Balancer UpdateHost(string host, int port) =>
        Start(new Balancer(this, _context, new UpstreamConfig { Name = host }, [BalancedTarget.OfHost(host, port)]) { Fault = Balancer.NameFault });

    /// <summary>Lets go of all peers.</summary>
    public void Dispose()
    {
        Balancer[] balancers;
        lock (Gate) balancers = [.. _balancers];
        foreach (var balancer in balancers) balancer.Dispose();
        _probes.Dispose();
    }

    Balancer Start(Balancer balancer)
    {
        lock (Gate) _balancers.Add(balancer);
        balancer.Start();
        return balancer;
    }

    internal void Activate(Balancer balancer)
    {
        lock (Gate)
        {
            if (_current != balancer) _current?.Freeze();
            _current = balancer;
            _probes.Follow(balancer);
        }
        Prune();
    }

    internal void Forget(Balancer balancer)
    {
        lock (Gate)
        {
            _balancers.Remove(balancer);
            if (_current == balancer) _probes.Follow(_current = null);
        }
        Prune();
    }

    /// <summary>The peer of this address, new or known. Called under <see cref="Gate"/>, which is held until the balancer names the peer.</summary>
    internal Peer Adopt(string host, IPEndPoint address, string target)
    {
        if (_peers.TryGetValue((host, address, target), out var known)) return known;
        var peer = new Peer(host, address, target);
        _peers.Add((host, address, target), peer);
        return peer;
    }

    /// <summary>Redraws all balancers and tells whoever listens that an address went up or down.</summary>
    internal void HealthChanged(Balancer witness, Peer peer, HealthCause cause)
    {
        lock (Gate)
            foreach (var balancer in _balancers) balancer.Redraw();
        _context.OnHealthChange?.Invoke(new HealthChange(witness.Upstream.Name, peer, peer.Health.IsUp, cause));
    }

    /// <summary>
    /// Retires peers that neither the balancer in force nor one prepared after it names. A target that comes back later starts afresh even when an exchange
    /// of an older snapshot still uses it.
    /// </summary>
    internal void Prune()
    {
        List<Peer> gone = [];
        lock (Gate)
        {
            var used = _balancers.Skip(_current is null ? 0 : _balancers.IndexOf(_current)).SelectMany(static balancer => balancer.Peers).ToHashSet();
            foreach (var (key, peer) in _peers)
            {
                if (used.Contains(peer)) continue;
                _peers.Remove(key);
                gone.Add(peer);
            }
        }
        foreach (var peer in gone) peer.Retire();
    }
}
