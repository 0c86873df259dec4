using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// Chooses where each try of a request goes. Belongs to one snapshot: its configuration does not change, its picture of peers follows DNS and health. Peers
/// are shared with the balancers of other snapshots through <see cref="UpstreamState"/>.
/// <para>
/// Use: await <see cref="ReadyAsync"/> unless <see cref="IsReady"/>; <see cref="TryPick"/>; when the try's outcome is known, <see cref="Report"/> once; when
/// the exchange is done with the peer, <see cref="Release"/> once, whatever happened.
/// </para>
/// </summary>
sealed partial class Balancer : IDisposable
{
    readonly UpstreamState _state;
    readonly BalancingContext _context;
    readonly BalancedTarget[] _targets;
    readonly HealthPolicy? _passive;
    readonly IChooser _chooser;
    readonly bool _measuresLatency;
    volatile Picture _picture = Picture.Empty;

    internal Balancer(UpstreamState state, BalancingContext context, UpstreamConfig upstream, BalancedTarget[] targets)
    {
        _state = state;
        _context = context;
        _targets = targets;
        _measuresLatency = upstream.Algorithm == BalancingAlgorithm.Latency;
        Upstream = upstream;
        HasHealthChecks = HealthPolicy.IsOn(upstream.Healthchecks);
        Active = HealthPolicy.Of(upstream.Healthchecks.Active);
        _passive = HasHealthChecks ? HealthPolicy.Of(upstream.Healthchecks.Passive) : null;
        _chooser = upstream.Algorithm switch
        {
            BalancingAlgorithm.LeastConnections => new LeastConnections(context.Random.Next()),
            BalancingAlgorithm.Latency => new LowestLatency(context.Time, context.Random),
            BalancingAlgorithm.ConsistentHashing or BalancingAlgorithm.StickySessions => new ConsistentHashing(context.Random),
            _ => new RoundRobin(state.Turn),
        };
        _timer = context.Time.CreateTimer(static state => ((Balancer)state!).ResolveDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Message of the 503 when an upstream has no peer to offer.</summary>
    public const string RingFault = "failure to get a peer from the ring-balancer";

    /// <summary>Message of the 503 when a service's host name does not resolve.</summary>
    public const string NameFault = "name resolution failed";

    /// <summary>The upstream's configuration; for a service's plain host, one of defaults named after the host.</summary>
    public UpstreamConfig Upstream { get; }

    /// <summary>True when health decides who gets traffic.</summary>
    public bool HasHealthChecks { get; }

    /// <summary>Message for the client when <see cref="TryPick"/> found nothing.</summary>
    public string Fault { get; init; } = RingFault;

    /// <summary>The certificate that probes show to the targets, or null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>How probes are judged.</summary>
    internal HealthPolicy Active { get; }

    /// <summary>The choice that would be made from now. For reports and tests.</summary>
    internal Picture Present => _picture;

    /// <summary>
    /// The key that this exchange is balanced by, for all its tries; null for an upstream that does not hash, or when the request lacks what is hashed.
    /// A <paramref name="setCookie"/> goes into the answer as Set-Cookie.
    /// </summary>
    public ulong? KeyOf(Exchange exchange, out string? setCookie)
    {
        setCookie = null;
        if (!Picture.Hashes(Upstream.Algorithm)) return null;
        return HashInputs.TryKey(Upstream, exchange, _context.Random, out var key, out setCookie) ? key : null;
    }

    /// <summary>
    /// Chooses a peer and counts the connection; every pick is followed by one <see cref="Release"/>. False when no peer is available: the exchange is then
    /// answered 503 with <see cref="Fault"/>.
    /// </summary>
    public bool TryPick(in PickInput input, [NotNullWhen(true)] out Peer? peer)
    {
        var picture = _picture;
        if (picture.Active.Length == 0)
        {
            peer = null;
            return false;
        }
        peer = _chooser.Choose(picture, input);
        peer.Take();
        return true;
    }

    /// <summary>
    /// Says how a try ended. <paramref name="latency"/> is the time to the first byte of the answer. Answers that the gateway made itself are not reported.
    /// </summary>
    public void Report(Peer peer, Outcome outcome, TimeSpan latency)
    {
        // A refused connection is fast; it must not make a dead peer attractive.
        if (_measuresLatency && outcome.Kind != OutcomeKind.TcpFailure) peer.Latency.Observe(latency, _context.Time);
        if (_passive is not null && _passive.Apply(outcome, peer.Health)) _state.HealthChanged(this, peer, HealthCause.Traffic);
    }

    /// <summary>The exchange is done with a picked peer.</summary>
    public void Release(Peer peer) => peer.Release();

    /// <summary>All peers named, available or not. Read under the state's gate.</summary>
    internal IEnumerable<Peer> Peers => _targets.SelectMany(static target => target.Peers).Select(static weighted => weighted.Peer);

    /// <summary>Draws the picture again after a change of health or addresses. Called under the state's gate.</summary>
    internal void Redraw()
    {
        var missing = _targets.Where(static target => target.Peers.Length == 0).Sum(static target => target.Weight);
        _picture = Picture.Of([.. _targets.SelectMany(static target => target.Peers)], Upstream, missing, _state.Slots);
        // Successive balancers of an upstream mostly have the same peers; the older ones, which do not, hardly ever redraw.
        if (_picture.Slots != SlotTable.Empty) _state.Slots = _picture.Slots;
    }
}
