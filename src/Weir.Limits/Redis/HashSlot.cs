using System.Text;

namespace Weir.Limits;

/// <summary>Where a key lives in a Redis cluster: CRC-16 (XMODEM) of its hash tag, else of the whole key (redis.io, cluster specification).</summary>
static class HashSlot
{
    public const int Count = 16384;

    public static int Of(string key)
    {
        // The part between the first { and the next }, unless it is empty.
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open + 1);
        var hashed = close > open + 1 ? key[(open + 1)..close] : key;
        ushort crc = 0;
        foreach (var octet in Encoding.UTF8.GetBytes(hashed))
        {
            crc ^= (ushort)(octet << 8);
            for (var bit = 0; bit < 8; bit++) crc = (ushort)((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
        }
        return crc % Count;
    }
}
