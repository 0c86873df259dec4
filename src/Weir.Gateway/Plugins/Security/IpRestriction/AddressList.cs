using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Weir.Gateway.Plugins;

/// <summary>A list of IP addresses and CIDR ranges, IPv4 and IPv6. An IPv4 address in IPv6 form (::ffff:10.0.0.1) is the IPv4 address.</summary>
sealed class AddressList
{
    const int MappedBits = 96;

    readonly AddressRanges<uint> _v4;
    readonly AddressRanges<UInt128> _v6;

    public AddressList(IEnumerable<string> entries)
    {
        var v4 = new List<(uint, uint)>();
        var v6 = new List<(UInt128, UInt128)>();
        foreach (var entry in entries)
        {
            if (!TryParse(entry, out var address, out var bits)) throw new ArgumentException($"'{entry}' is no IP address or CIDR range", nameof(entries));
            if (address.AddressFamily == AddressFamily.InterNetwork) v4.Add(Range(V4(address), bits));
            else v6.Add(Range(V6(address), bits));
        }
        _v4 = new AddressRanges<uint>(v4);
        _v6 = new AddressRanges<UInt128>(v6);
    }

    public bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return _v4.Contains(V4(address));
        var number = V6(address);
        return number >> 32 == 0xffff ? _v4.Contains((uint)number) : _v6.Contains(number);
    }

    /// <summary>Reads an address, or a range as an address and the number of leading bits that count. Bits behind those may be set.</summary>
    static bool TryParse(string entry, [NotNullWhen(true)] out IPAddress? address, out int bits)
    {
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        bits = 0;
        if (!IPAddress.TryParse(slash < 0 ? entry : entry.AsSpan(0, slash), out address)) return false;
        var bitsMax = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        bits = bitsMax;
        if (slash >= 0 && !(int.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) && bits <= bitsMax)) return false;
        if (!address.IsIPv4MappedToIPv6 || bits < MappedBits) return true;
        address = address.MapToIPv4();
        bits -= MappedBits;
        return true;
    }

    static (uint First, uint Last) Range(uint address, int bits)
    {
        var mask = bits == 0 ? 0 : uint.MaxValue << (32 - bits);
        return (address & mask, address | ~mask);
    }

    static (UInt128 First, UInt128 Last) Range(UInt128 address, int bits)
    {
        var mask = bits == 0 ? 0 : UInt128.MaxValue << (128 - bits);
        return (address & mask, address | ~mask);
    }

    static uint V4(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    static UInt128 V6(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
