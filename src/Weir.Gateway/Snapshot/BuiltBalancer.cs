using Weir.Config;

namespace Weir.Gateway;

/// <summary>A balancer and what it is made of.</summary>
/// <param name="balancer">The balancer.</param>
/// <param name="upstream">Its upstream; null for a plain host, which its key says whole.</param>
/// <param name="targets">The upstream's targets.</param>
/// <param name="certificate">The certificate that probes show.</param>
/// <param name="lease">What it keeps.</param>
/// <param name="since">The first configuration that has it.</param>
sealed class BuiltBalancer(
    Balancer balancer, UpstreamConfig? upstream, IReadOnlyList<TargetConfig> targets, CertificateConfig? certificate, Keep.Lease lease, long since)
    : SnapshotPart(since)
{
    public Balancer Balancer => balancer;

    /// <summary>Whether it is made of the very same.</summary>
    public bool IsOf(UpstreamConfig? other, IReadOnlyList<TargetConfig> others, CertificateConfig? otherCertificate) =>
        ReferenceEquals(upstream, other) && ReferenceEquals(certificate, otherCertificate)
        && targets.SequenceEqual(others, ReferenceEqualityComparer.Instance);

    public override void Dispose()
    {
        // Peers may be shared with the configuration in force: their state outlives this lease, so the balancer must leave it itself.
        balancer.Dispose();
        lease.Dispose();
    }
}
