using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Identity;

/// <summary>
/// The SHA-256 of a virtual key, as files have it: <c>sha256:</c> and 64 hexadecimal digits. A key is 256 random bits, so its plain hash gives nothing away;
/// and as nobody can steer what a key hashes to, the time of a look-up by hash tells nothing either.
/// </summary>
readonly record struct SecretDigest(ulong A, ulong B, ulong C, ulong D)
{
    const string Prefix = "sha256:";

    /// <summary>The hash of a key.</summary>
    public static SecretDigest Of(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[VirtualKeyText.CharsMax * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], hash);
        return Of(hash);
    }

    /// <summary>Reads a hash as files have it; false when it is none.</summary>
    public static bool TryParse(string text, out SecretDigest digest)
    {
        digest = default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (Convert.FromHexString(text.AsSpan(Prefix.Length), hash, out _, out var written) != System.Buffers.OperationStatus.Done) return false;
        if (written != hash.Length) return false;
        digest = Of(hash);
        return true;
    }

    public override string ToString()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt64BigEndian(hash, A);
        BinaryPrimitives.WriteUInt64BigEndian(hash[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(hash[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(hash[24..], D);
        return Prefix + Convert.ToHexStringLower(hash);
    }

    public bool Equals(SecretDigest other) => ((A ^ other.A) | (B ^ other.B) | (C ^ other.C) | (D ^ other.D)) == 0;

    public override int GetHashCode() => (int)D;

    static SecretDigest Of(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64BigEndian(hash),
        BinaryPrimitives.ReadUInt64BigEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[24..]));
}

/// <summary>The form of virtual keys: <c>wk_</c> and 256 random bits, which tells them from the keys of providers.</summary>
static class VirtualKeyText
{
    /// <summary>What every virtual key starts with.</summary>
    public const string Prefix = "wk_";

    /// <summary>Longest text that is looked at.</summary>
    public const int CharsMax = 128;

    const int SecretBytes = 32;
    const int HintChars = 4;

    /// <summary>Whether a text may be a virtual key.</summary>
    public static bool Looks(ReadOnlySpan<char> text) =>
        text.Length is > 3 and <= CharsMax && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>A new key.</summary>
    public static string New()
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        return Prefix + Base64Url.EncodeToString(secret);
    }

    /// <summary>What may be shown of a key: <c>wk_…x3Fa</c>.</summary>
    public static string HintOf(string key) => $"{Prefix}…{key[^HintChars..]}";
}
