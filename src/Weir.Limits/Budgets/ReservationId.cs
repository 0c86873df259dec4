using System.Security.Cryptography;

namespace Weir.Limits;

/// <summary>
/// Ids of reservations: never the same twice, on however many nodes and over restarts. The system is asked for randomness once per process, not once per call;
/// they begin with the system's time, so that a database's index grows at its end.
/// </summary>
static class ReservationId
{
    const int CounterBits = 26;

    static readonly ulong s_process = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> CounterBits + 2;
    static int s_last;

    /// <summary>A new one, of the form of RFC 9562's version 8: milliseconds, twelve bits of a counter, the process, the rest of the counter.</summary>
    public static Guid Next()
    {
        var number = (uint)Interlocked.Increment(ref s_last);
        var ms = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var low = 0x8000_0000_0000_0000 | (s_process << CounterBits) | (number & ((1 << CounterBits) - 1));
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, (ms << 16) | 0x8000 | (number >> CounterBits));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }
}
