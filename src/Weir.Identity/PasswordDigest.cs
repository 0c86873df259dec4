using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Identity;

/// <summary>In which form a document holds the passwords of basic authentication.</summary>
enum PasswordForm
{
    /// <summary>As people type them. What decK and declarative files mean unless they say otherwise.</summary>
    Plain,

    /// <summary>As Kong stores and dumps them: 40 hex digits of SHA-1 over password and consumer id.</summary>
    Hashed,
}

/// <summary>
/// SHA-1 of a password followed by its consumer's id: Kong's stored form, and the only one that is kept, whichever form the document has. SHA-1 is weak
/// against collisions, which are of no use here; that it is fast is the price of checking a password on every request.
/// </summary>
[InlineArray(BytesLength)]
struct PasswordDigest
{
    public const int BytesLength = SHA1.HashSizeInBytes;

    /// <summary>Stands for the consumer of a user name that does not exist.</summary>
    public const string NobodyId = "00000000-0000-0000-0000-000000000000";

    const int StackBytesMax = 512;

    byte _first;

    public static PasswordDigest Of(ReadOnlySpan<byte> password, string consumerId)
    {
        var length = password.Length + Encoding.UTF8.GetByteCount(consumerId);
        byte[]? rented = null;
        var bytes = length <= StackBytesMax ? stackalloc byte[StackBytesMax] : rented = ArrayPool<byte>.Shared.Rent(length);
        password.CopyTo(bytes);
        Encoding.UTF8.GetBytes(consumerId, bytes[password.Length..]);
        var digest = Of(bytes[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return digest;
    }

    /// <summary>Reads 40 hex digits; false for anything else.</summary>
    public static bool TryParse(string hex, out PasswordDigest digest)
    {
        digest = default;
        return hex.Length == 2 * BytesLength && Convert.FromHexString(hex, digest, out _, out _) == OperationStatus.Done;
    }

    /// <summary>Whether two digests are equal, in a time that does not tell where they differ.</summary>
    [UnscopedRef]
    public readonly bool Matches(in PasswordDigest other) => CryptographicOperations.FixedTimeEquals(this, other);

    [SuppressMessage("Security", "CA5350", Justification = "Kong's stored form; see the type.")]
    static PasswordDigest Of(ReadOnlySpan<byte> bytes)
    {
        var digest = default(PasswordDigest);
        SHA1.HashData(bytes, digest);
        return digest;
    }
}
