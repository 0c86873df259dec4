using System.Runtime.InteropServices;

namespace Weir.Gateway;

/// <summary>
/// Hashing that gives the same result on every node, platform and runtime version: nodes that see the same request must choose the same target.
/// </summary>
static class StableHash
{
    const ulong Seed = 0x9E37_79B9_7F4A_7C15;
    const ulong Multiplier = 0xD6E8_FEB8_6659_FD93;

    static readonly double[] LnSeries = [1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1];

    /// <summary>Hashes bytes: multiply and fold, eight at a time, length mixed in. Not for secrets and not against attackers.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        ulong rest = 0;
        for (var i = 0; i < bytes.Length; i++) rest |= (ulong)bytes[i] << (8 * i);
        return Mix(hash ^ rest);
    }

    /// <summary>Hashes text by its UTF-16 units in little-endian order.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        if (BitConverter.IsLittleEndian) return Of(MemoryMarshal.AsBytes(text));
        var swapped = new short[text.Length];
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<char, short>(text), swapped);
        return Of(MemoryMarshal.AsBytes(swapped.AsSpan()));
    }

    /// <summary>Adds one hash to another; the order matters.</summary>
    public static ulong Combine(ulong hash, ulong next) => Mix(hash + Seed ^ next);

    /// <summary>Spreads every bit of the input over the whole result; different inputs give different results.</summary>
    public static ulong Mix(ulong x)
    {
        x ^= x >> 32;
        x *= Multiplier;
        x ^= x >> 32;
        x *= Multiplier;
        return x ^ (x >> 32);
    }

    /// <summary>
    /// Natural logarithm of a positive normal number, of IEEE additions, multiplications and divisions only: the C library's may differ between platforms in
    /// the last bit.
    /// </summary>
    public static double Ln(double x)
    {
        const double Ln2 = 0.693147180559945309;
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble(bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000);
        var z = (mantissa - 1) / (mantissa + 1);
        var square = z * z;
        double sum = 0;
        foreach (var coefficient in LnSeries) sum = sum * square + coefficient;
        return 2 * z * sum + exponent * Ln2;
    }
}
