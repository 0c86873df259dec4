using System.Buffers.Text;
using System.Security.Cryptography;

namespace Weir.Control;

/// <summary>
/// What a gateway is given to enrol: the token's id, its secret, and the pin of the authority, so that a gateway trusts nobody on first use. One word of text.
/// </summary>
/// <param name="Id">Under which the control plane keeps its hash.</param>
/// <param name="Secret">Proves that its bearer may enrol.</param>
/// <param name="Pin">SHA-256 of the authority's certificate.</param>
sealed record JoinToken(Guid Id, byte[] Secret, byte[] Pin)
{
    public const string Prefix = "weirj_";

    const int SecretBytes = 32;
    const int IdBytes = 16;

    public static JoinToken Make(byte[] pin) => new(Guid.NewGuid(), RandomNumberGenerator.GetBytes(SecretBytes), pin);

    /// <summary>What is kept of the secret. It has 256 random bits: nothing has to slow guesses down.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Secret));

    public static JoinToken? Read(string text)
    {
        text = text.Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var encoded = text.AsSpan(Prefix.Length);
        if (!Base64Url.IsValid(encoded, out var length) || length != IdBytes + SecretBytes + SHA256.HashSizeInBytes) return null;
        var bytes = Base64Url.DecodeFromChars(encoded);
        return new JoinToken(new Guid(bytes.AsSpan(0, IdBytes)), bytes[IdBytes..(IdBytes + SecretBytes)], bytes[(IdBytes + SecretBytes)..]);
    }

    public override string ToString() => Prefix + Base64Url.EncodeToString([.. Id.ToByteArray(), .. Secret, .. Pin]);
}
