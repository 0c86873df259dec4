using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Control;

/// <summary>
/// Passwords of users as they are kept: <c>$pbkdf2-sha256$i=600000$SALT$HASH</c>, the PHC string format. PBKDF2 is what the runtime has; the iterations are
/// OWASP's for HMAC-SHA-256.
/// </summary>
static class PasswordHash
{
    const string Prefix = "$pbkdf2-sha256$i=";
    const int Iterations = 600_000;
    const int IterationsMax = 10_000_000;
    const int SaltBytes = 16;
    const int HashBytes = 32;
    const int CharsMin = 12;
    const int CharsMax = 256;

    /// <summary>Of a password that nobody has: checking against it takes as long as against any other.</summary>
    static readonly Lazy<string> Nobody = new(static () => Of(Convert.ToHexString(RandomNumberGenerator.GetBytes(HashBytes))));

    public static bool IsHash(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && TryRead(text, out _, out _, out _);

    /// <summary>What is wrong with a password; null for nothing.</summary>
    public static string? Problem(string password)
    {
        if (IsHash(password)) return null;
        return password.Length is < CharsMin or > CharsMax ? $"expected {CharsMin} to {CharsMax} characters" : null;
    }

    public static string Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Prefix}{Iterations}${Base64Url.EncodeToString(salt)}${Base64Url.EncodeToString(Derive(password, salt, Iterations))}");
    }

    /// <summary>Whether a password is the one that was hashed. Takes as long where there is none.</summary>
    public static bool Matches(string password, string? hash)
    {
        if (password.Length > CharsMax) return false;
        var isThere = hash is not null && IsHash(hash);
        TryRead(isThere ? hash! : Nobody.Value, out var iterations, out var salt, out var expected);
        return CryptographicOperations.FixedTimeEquals(Derive(password, salt, iterations), expected) && isThere;
    }

    static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, HashBytes);

    static bool TryRead(string text, out int iterations, out byte[] salt, out byte[] hash)
    {
        (iterations, salt, hash) = (0, [], []);
        if (text.Split('$') is not ["", "pbkdf2-sha256", ['i', '=', .. var count], var one, var other]) return false;
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out iterations) || iterations is < 1 or > IterationsMax) return false;
        if (!Base64Url.IsValid(one) || !Base64Url.IsValid(other)) return false;
        (salt, hash) = (Base64Url.DecodeFromChars(one), Base64Url.DecodeFromChars(other));
        return salt.Length >= SaltBytes && hash.Length == HashBytes;
    }
}
