using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Gateway;

/// <summary>TLS towards an upstream. Equal when every setting is; certificates are compared by their ids.</summary>
sealed record UpstreamTls
{
    /// <summary>Name sent in the handshake and looked for in the certificate; null: the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the upstream's certificate must be trusted and carry the name.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>Most intermediate certificates between the upstream's and a trusted one; null for no limit.</summary>
    public int? VerifyDepthMax { get; init; }

    /// <summary>The only authorities trusted; null for those of the system.</summary>
    public TrustedAuthorities? Authorities { get; init; }

    /// <summary>The one protocol offered in the handshake.</summary>
    public SslApplicationProtocol Protocol { get; init; } = SslApplicationProtocol.Http11;

    /// <summary>Certificate shown to the upstream.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>Names that are as good as <see cref="ServerName"/> when the certificate carries one of them.</summary>
    public AlternativeNames AlternativeNames { get; init; } = AlternativeNames.None;
}

/// <summary>A set of trusted authorities, equal by id. The id must change with the certificates.</summary>
sealed class TrustedAuthorities(string id, X509Certificate2Collection certificates) : IEquatable<TrustedAuthorities>
{
    public string Id { get; } = id;

    public X509Certificate2Collection Certificates { get; } = certificates;

    /// <summary>Those that the node's settings name; null for those of the system.</summary>
    public static TrustedAuthorities? Of(NodeSettings settings)
    {
        if (settings.TrustedCertificate.Length == 0) return null;
        var named = new X509Certificate2Collection();
        named.ImportFromPemFile(settings.TrustedCertificate);
        return new TrustedAuthorities(string.Join(',', named.Select(static certificate => certificate.Thumbprint)), named);
    }

    public bool Equals(TrustedAuthorities? other) => other is not null && other.Id == Id;

    public override bool Equals(object? obj) => Equals(obj as TrustedAuthorities);

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}

/// <summary>A certificate with key and chain, equal by id. The id must change with the certificate.</summary>
sealed class ClientCertificate(string id, SslStreamCertificateContext context) : IEquatable<ClientCertificate>
{
    public string Id { get; } = id;

    public SslStreamCertificateContext Context { get; } = context;

    public bool Equals(ClientCertificate? other) => other is not null && other.Id == Id;

    public override bool Equals(object? obj) => Equals(obj as ClientCertificate);

    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Subject alternative names accepted in place of the server name; equal when the lists are.</summary>
sealed class AlternativeNames(IReadOnlyList<string> dnsNames, IReadOnlyList<string> uris) : IEquatable<AlternativeNames>
{
    public static AlternativeNames None { get; } = new([], []);

    public IReadOnlyList<string> DnsNames { get; } = dnsNames;

    public IReadOnlyList<string> Uris { get; } = uris;

    public bool Equals(AlternativeNames? other) => other is not null && DnsNames.SequenceEqual(other.DnsNames) && Uris.SequenceEqual(other.Uris);

    public override bool Equals(object? obj) => Equals(obj as AlternativeNames);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var name in DnsNames) hash.Add(name);
        foreach (var uri in Uris) hash.Add(uri);
        return hash.ToHashCode();
    }
}
