using System.Security.Cryptography.X509Certificates;

namespace Weir.Bench.Load;

/// <summary>How one process is started and reached.</summary>
/// <param name="Command">Executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Port">Port on 127.0.0.1 that answers when it is up.</param>
/// <param name="Target">The address that wrk loads.</param>
sealed record Launch(string Command, IReadOnlyList<string> Arguments, int Port, Uri Target)
{
    /// <summary>What clients send to it.</summary>
    public Request Request { get; init; } = new(Target.AbsolutePath);

    /// <summary>Where it tells of its garbage collector, when it does.</summary>
    public Uri? MetricsAddress { get; init; }

    /// <summary>The port for clients without TLS, when <see cref="Port"/> is for those with.</summary>
    public int PlainPort { get; init; }

    /// <summary>API keys, one for each request in turn. Empty: no key is sent.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The certificate that a TLS target shows.</summary>
    public string CertificatePath { get; init; } = "";

    /// <summary>Trust in that certificate alone.</summary>
    public X509ChainPolicy Trust()
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(CertificatePath);
        return trust;
    }

    public override string ToString() => $"{Command} {string.Join(' ', Arguments)}";
}
