using Weir.Config;

namespace Weir.Identity;

/// <summary>What a valid API key says about its bearer.</summary>
/// <param name="Consumer">Who is calling.</param>
/// <param name="Credential">The key's entity.</param>
/// <param name="ExpiresAtTicks">UTC ticks from which the key is dead, or <see cref="Never"/>.</param>
readonly record struct KeyGrant(Consumer Consumer, Credential Credential, long ExpiresAtTicks)
{
    public const long Never = long.MaxValue;
}

/// <summary>What a valid user name and password say about the caller.</summary>
readonly record struct PasswordGrant(Consumer Consumer, Credential Credential, PasswordDigest Digest);

/// <summary>A user of signed requests and the secret that both sides know (UTF-8).</summary>
sealed record SigningGrant(Consumer Consumer, Credential Credential, ReadOnlyMemory<byte> Secret);

/// <summary>A key that signs tokens.</summary>
/// <param name="Consumer">Who is calling with such a token.</param>
/// <param name="Credential">The key's entity.</param>
/// <param name="Algorithm">The only algorithm accepted for it: the token's own header must not choose.</param>
/// <param name="Secret">Secret of the HS algorithms, as configured; empty for the others.</param>
/// <param name="PublicKeyPem">Public key of the other algorithms.</param>
sealed record TokenGrant(Consumer Consumer, Credential Credential, JwtAlgorithm Algorithm, string Secret, string? PublicKeyPem);
