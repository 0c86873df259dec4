using System.Globalization;
using System.Net;

namespace Weir.Gateway;

/// <summary>
/// One address of a target: what a request is sent to. The object stays the same over reloads and re-resolutions as long as the target keeps this address,
/// so its health, its counts and what hangs on <see cref="Tag"/> stay too.
/// </summary>
sealed class Peer
{
    readonly StripedCount _inFlight = new();
    volatile bool _retired;

    public Peer(string hostName, IPEndPoint address, string target)
    {
        HostName = hostName;
        Address = address;
        Target = target;
        IsNamed = !HostLiteral.TryParse(hostName, out _);
        Hash = StableHash.Of(string.Create(CultureInfo.InvariantCulture, $"{hostName}|{address}").AsSpan());
    }

    /// <summary>Where to connect.</summary>
    public IPEndPoint Address { get; }

    /// <summary>The target's host (or the SRV record's, with use_srv_name): for the Host header and the TLS server name.</summary>
    public string HostName { get; }

    /// <summary>False when <see cref="HostName"/> is a literal address.</summary>
    public bool IsNamed { get; }

    /// <summary>The target it belongs to, with explicit port.</summary>
    public string Target { get; }

    /// <summary>What the forwarder keeps with this address: its connection pools. Disposed, when disposable, once the address is retired and unused.</summary>
    public object? Tag { get; set; }

    /// <summary>Hash of the address and host name: the same on every node.</summary>
    public ulong Hash { get; }

    /// <summary>Picks of this address that have not been released yet. While others pick and release it may be off by those.</summary>
    public int InFlight => (int)Math.Max(0, _inFlight.Sum);

    /// <summary>True once no configuration in force names this address any more. Exchanges under way may still use it.</summary>
    public bool IsRetired => _retired;

    /// <summary>How fast it answers.</summary>
    public PeerLatency Latency { get; } = new();

    /// <summary>How healthy it is.</summary>
    public PeerHealth Health { get; } = new();

    internal void Take() => _inFlight.Add(1, StripedCount.Current);

    internal void Release()
    {
        _inFlight.Add(-1, StripedCount.Current);
        if (_retired && InFlight == 0) (Tag as IDisposable)?.Dispose();
    }

    /// <summary>
    /// Exchanges of an older configuration go on, and may still choose this address: what hangs on <see cref="Tag"/> goes when nobody uses it, each time.
    /// </summary>
    internal void Retire()
    {
        _retired = true;
        // Either this sees the last release, or the last release sees the mark.
        Interlocked.MemoryBarrier();
        if (InFlight == 0) (Tag as IDisposable)?.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Target} ({Address})";
}
