namespace Weir.Config;

/// <summary>A curve of RFC 8410. The runtime has no class for keys on them, so they are checked for their form.</summary>
/// <param name="Name">As JWKs name it (RFC 8037 §2).</param>
/// <param name="Oid">As certificates and PEM files name it (RFC 8410 §3).</param>
/// <param name="KeyBytes">Length of a key, public and private alike.</param>
/// <param name="Signs">Whether it is for EdDSA; the others agree on secrets.</param>
sealed record EdwardsCurve(string Name, string Oid, int KeyBytes, bool Signs)
{
    static readonly EdwardsCurve[] All =
    [
        new("Ed25519", "1.3.101.112", 32, Signs: true),
        new("Ed448", "1.3.101.113", 57, Signs: true),
        new("X25519", "1.3.101.110", 32, Signs: false),
        new("X448", "1.3.101.111", 56, Signs: false),
    ];

    /// <summary>The names, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(static curve => curve.Name));

    public static EdwardsCurve? WithOid(string oid) => Array.Find(All, curve => curve.Oid == oid);

    public static EdwardsCurve? WithName(string? name) => Array.Find(All, curve => curve.Name == name);
}
