using System.ComponentModel;

namespace Weir.Config;

/// <summary>What the credentials of all kinds share.</summary>
abstract record CredentialConfig : Entity
{
    [Description("The consumer it belongs to, by id or username.")]
    public Reference? Consumer { get; init; }
}

/// <summary>An API key (keyauth_credentials).</summary>
sealed record KeyAuthCredentialConfig : CredentialConfig
{
    [Description("The key. Made up at random when absent."), Secret]
    public string? Key { get; init; }

    [Description("Seconds the key remains valid, from the moment the document is loaded; null for ever.")]
    public double? Ttl { get; init; }
}

/// <summary>A user name and password (basicauth_credentials).</summary>
sealed record BasicAuthCredentialConfig : CredentialConfig
{
    [Description("Unique user name.")]
    public required string Username { get; init; }

    [Description("The password."), Secret]
    public required string Password { get; init; }
}

/// <summary>A user name and shared secret for signed requests (hmacauth_credentials).</summary>
sealed record HmacAuthCredentialConfig : CredentialConfig
{
    [Description("Unique user name.")]
    public required string Username { get; init; }

    [Description("The shared secret. Made up at random when absent."), Secret]
    public string? Secret { get; init; }
}

/// <summary>A key that signs tokens (jwt_secrets).</summary>
sealed record JwtCredentialConfig : CredentialConfig
{
    [Description("Value of the claim that names this key. Made up at random when absent.")]
    public string? Key { get; init; }

    [Description("Secret of the HS algorithms. Made up at random when absent."), Secret]
    public string? Secret { get; init; }

    [Description("Signature algorithm.")]
    public JwtAlgorithm Algorithm { get; init; } = JwtAlgorithm.HS256;

    [Description("PEM public key of the other algorithms.")]
    public string? RsaPublicKey { get; init; }
}

/// <summary>A group that the acl plugin knows a consumer by (acls).</summary>
sealed record AclConfig : CredentialConfig
{
    [Description("Group name.")]
    public required string Group { get; init; }
}

enum JwtAlgorithm { HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512, PS256, PS384, PS512, EdDSA }
