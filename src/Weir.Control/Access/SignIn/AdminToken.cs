using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Control;

/// <summary>
/// The form of tokens for the Admin API: a prefix that scanners of leaked secrets know, and 256 random bits. That is why a plain hash of them gives nothing
/// away, and why the time of a look-up by hash tells nothing: nobody can steer what a token hashes to.
/// </summary>
static class AdminToken
{
    /// <summary>Of tokens that are kept.</summary>
    public const string Prefix = "weir_";

    /// <summary>Of sessions of people who signed in with a password.</summary>
    public const string SessionPrefix = "weirs_";

    /// <summary>Of the token that makes the first administrator.</summary>
    public const string FirstPrefix = "weirf_";

    /// <summary>Longest text that is looked at.</summary>
    public const int CharsMax = 128;

    const int SecretBytes = 32;
    const int HintChars = 4;

    public static string New(string prefix = Prefix)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(secret);
        return prefix + Base64Url.EncodeToString(secret);
    }

    public static string DigestOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>What may be shown of a token.</summary>
    public static string HintOf(string token) => $"{Prefix}…{token[^HintChars..]}";
}
