using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Weir.Gateway.Tests;

/// <summary>What the scripted name server answers.</summary>
sealed record DnsReply(IReadOnlyList<DnsRecord> Records)
{
    public static DnsReply Silence { get; } = new([]) { IsSilent = true };

    public DnsCode Code { get; init; }

    public bool IsSilent { get; init; }

    /// <summary>Over UDP only the truncation flag is sent.</summary>
    public bool IsTruncated { get; init; }

    public static DnsRecord Address(string name, uint ttl, string address)
    {
        var parsed = IPAddress.Parse(address);
        return new DnsRecord(name, address.Contains(':', StringComparison.Ordinal) ? DnsType.Aaaa : DnsType.A, ttl) { Address = parsed };
    }

    public static DnsRecord Alias(string name, uint ttl, string target) => new(name, DnsType.Cname, ttl) { Target = target };

    public static DnsRecord Service(string name, uint ttl, string target, ushort port, ushort weight = 1, ushort priority = 1) =>
        new(name, DnsType.Srv, ttl) { Target = target, Port = port, Weight = weight, Priority = priority };

    /// <summary>The message; <paramref name="query"/> is the query up to the end of its question.</summary>
    public byte[] Write(ReadOnlySpan<byte> query, bool overTcp)
    {
        var truncate = IsTruncated && !overTcp;
        var message = new List<byte>(query.ToArray());
        message[2] = (byte)(truncate ? 0x83 : 0x81);
        message[3] = (byte)(0x80 | (int)Code);
        var records = truncate ? [] : Records;
        message[7] = (byte)records.Count;
        message[11] = 0;
        foreach (var record in records)
        {
            var content = Content(record);
            AppendName(message, record.Name);
            message.AddRange(Number((ushort)record.Type));
            message.AddRange(Number(1));
            message.AddRange(Number((ushort)(record.TtlSeconds >> 16)));
            message.AddRange(Number((ushort)record.TtlSeconds));
            message.AddRange(Number((ushort)content.Count));
            message.AddRange(content);
        }
        return [.. message];
    }

    static List<byte> Content(DnsRecord record)
    {
        var content = new List<byte>();
        if (record.Address is { } address) content.AddRange(address.GetAddressBytes());
        if (record.Type == DnsType.Srv) content.AddRange([.. Number(record.Priority), .. Number(record.Weight), .. Number(record.Port)]);
        if (record.Target is { } target) AppendName(content, target);
        return content;
    }

    static void AppendName(List<byte> message, string name)
    {
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }
        message.Add(0);
    }

    static byte[] Number(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }
}
