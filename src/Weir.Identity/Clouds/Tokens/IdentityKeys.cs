using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Identity;

/// <summary>Names under which identities outlive a reload.</summary>
static class IdentityKeys
{
    /// <summary>A name for what defines an identity, out of which nothing of it can be read: lengths keep the parts apart.</summary>
    public static string Of(string kind, params ReadOnlySpan<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return $"identity/{kind}/{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
