using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Config;

/// <summary>Ids of entities that have none in the file: version 5 UUIDs (RFC 9562 5.5) of kind and key, the same on every load.</summary>
static class Ids
{
    /// <summary>Namespace of declarative entities, as Kong has it.</summary>
    static readonly Guid Root = new("fd02801f-0957-4a15-a55a-c8d9606f30b5");

    static readonly Dictionary<EntityKind, Guid> Namespaces = EntityKinds.All.ToDictionary(static kind => kind, static kind => Version5(Root, kind.Plural));

    public static string Of(EntityKind kind, string key) => Version5(Namespaces[kind], key).ToString();

    static Guid Version5(Guid space, string name)
    {
        var input = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Version 5 UUIDs are SHA-1 by definition; nothing is protected by it.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        var version = BinaryPrimitives.ReadUInt16BigEndian(hash[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((version & 0x0FFF) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
