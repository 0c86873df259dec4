using System.ComponentModel;

namespace Weir.Config;

/// <summary>A certificate with its private key.</summary>
sealed record CertificateConfig : Entity
{
    [Description("PEM certificate chain, leaf first."), Referenceable, Format(TextFormat.PemCertificate)]
    public required string Cert { get; init; }

    [Description("PEM private key."), Secret, Format(TextFormat.PemKey)]
    public required string Key { get; init; }

    [Description("A second chain with another key type, such as ECDSA beside RSA."), Referenceable, Format(TextFormat.PemCertificate)]
    public string? CertAlt { get; init; }

    [Description("Key of the second chain."), Secret, Format(TextFormat.PemKey)]
    public string? KeyAlt { get; init; }
}

/// <summary>A server name that a certificate is shown for.</summary>
sealed record SniConfig : Entity
{
    [Description("Server name, wildcard allowed at either end; unique."), Format(TextFormat.Sni)]
    public required string Name { get; init; }

    [Description("The certificate, by id.")]
    public Reference? Certificate { get; init; }
}

/// <summary>A trusted certificate authority.</summary>
sealed record CaCertificateConfig : Entity
{
    [Description("One PEM certificate."), Format(TextFormat.PemCertificate)]
    public required string Cert { get; init; }

    [Description("SHA-256 of the certificate in hex; computed when absent.")]
    public string? CertDigest { get; init; }
}

/// <summary>A public or private key in JWK or PEM form.</summary>
sealed record KeyConfig : Entity
{
    [Description("Unique name.")]
    public string? Name { get; init; }

    [Description("Key id; unique in its set.")]
    public required string Kid { get; init; }

    [Description("The set it belongs to.")]
    public Reference? Set { get; init; }

    [Description("The key as a JSON Web Key."), Secret]
    public string? Jwk { get; init; }

    [Description("The key as PEM.")]
    public PemPair? Pem { get; init; }

    [Description("SHA-1 thumbprint of the certificate.")]
    public string? X5t { get; init; }
}

/// <summary>A PEM key pair.</summary>
sealed record PemPair
{
    [Description("PEM public key.")]
    public string? PublicKey { get; init; }

    [Description("PEM private key."), Secret]
    public string? PrivateKey { get; init; }
}

/// <summary>A named set of keys.</summary>
sealed record KeySetConfig : Entity
{
    [Description("Unique name.")]
    public string? Name { get; init; }
}
