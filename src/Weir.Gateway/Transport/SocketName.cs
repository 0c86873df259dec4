using System.Buffers.Binary;
using System.Net;

namespace Weir.Gateway;

/// <summary>Addresses as the kernel has them (struct sockaddr_in, struct sockaddr_in6).</summary>
static class SocketName
{
    public const int BytesMax = 28;

    const int Ipv4Bytes = 16;

    /// <summary>Writes an address; its length.</summary>
    public static int Write(IPEndPoint endpoint, Span<byte> target)
    {
        target[..BytesMax].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)endpoint.Port);
        if (endpoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(target, (ushort)Libc.Ipv4);
            endpoint.Address.TryWriteBytes(target[4..], out _);
            return Ipv4Bytes;
        }
        BitConverter.TryWriteBytes(target, (ushort)Libc.Ipv6);
        endpoint.Address.TryWriteBytes(target[8..], out _);
        BitConverter.TryWriteBytes(target[24..], (uint)endpoint.Address.ScopeId);
        return BytesMax;
    }

    public static IPEndPoint Read(ReadOnlySpan<byte> name)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        if (BitConverter.ToUInt16(name) == Libc.Ipv4) return new(new IPAddress(name.Slice(4, 4)), port);
        return new(new IPAddress(name.Slice(8, 16), BitConverter.ToUInt32(name[24..])), port);
    }
}
