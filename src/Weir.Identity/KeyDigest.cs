using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Identity;

/// <summary>
/// SHA-256 of an API key: what keys are stored and found by. The keys themselves are not kept, so a memory dump holds none, and a million keys of 32
/// characters take a third of the memory. Nor does the time of a look-up tell anything of a key: a caller cannot steer what the digests compare.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
readonly struct KeyDigest : IEquatable<KeyDigest>
{
    const int StackBytesMax = 512;

    readonly ulong _a, _b, _c, _d;

    KeyDigest(ReadOnlySpan<byte> digest)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(digest);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    public static KeyDigest Of(ReadOnlySpan<char> key)
    {
        var bytesMax = Encoding.UTF8.GetMaxByteCount(key.Length);
        byte[]? rented = null;
        var bytes = bytesMax <= StackBytesMax ? stackalloc byte[StackBytesMax] : rented = ArrayPool<byte>.Shared.Rent(bytesMax);
        var length = Encoding.UTF8.GetBytes(key, bytes);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], digest);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return new KeyDigest(digest);
    }

    public bool Equals(KeyDigest other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override bool Equals(object? obj) => obj is KeyDigest other && Equals(other);

    public override int GetHashCode() => (int)_a;
}
