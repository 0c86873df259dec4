using System.Buffers.Binary;
using System.Text;

namespace Weir.Gateway;

/// <summary>One question to a name server: a name in wire form and a type (RFC 1035 §4.1).</summary>
sealed class DnsQuestion
{
    /// <summary>Longest name on the wire, with length bytes and the root's zero.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Longest name as text: a dot stands for each length byte but the first, and nothing for the zero.</summary>
    public const int NameCharactersMax = NameBytesMax - 2;

    /// <summary>Longest label of a name.</summary>
    public const int LabelBytesMax = 63;

    /// <summary>Bytes of a message before its first question.</summary>
    public const int HeaderBytes = 12;

    /// <summary>Longest answer asked for over UDP: fits into one packet on every path (dnsflagday.net/2020).</summary>
    public const ushort PayloadBytesMax = 1232;

    const int OptBytes = 11;
    const ushort OptType = 41;
    const ushort RecursionDesired = 0x0100;
    const ushort ClassInternet = 1;

    readonly byte[] _wire;

    DnsQuestion(string name, DnsType type, byte[] wire)
    {
        Name = name;
        Type = type;
        _wire = wire;
    }

    /// <summary>The name in lower case, without trailing dot.</summary>
    public string Name { get; }

    public DnsType Type { get; }

    /// <summary>Bytes of a message up to the end of its question.</summary>
    public int MessageBytes => HeaderBytes + _wire.Length;

    /// <summary>The question about this name; null when it cannot be a name: an empty or long label, characters that no host name has.</summary>
    public static DnsQuestion? For(string name, DnsType type)
    {
        name = name.TrimEnd('.').ToLowerInvariant();
        if (name.Length is 0 or > NameCharactersMax || !name.All(IsNameCharacter)) return null;
        var wire = new byte[name.Length + 2 + 2 * sizeof(ushort)];
        var next = 0;
        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > LabelBytesMax) return null;
            wire[next++] = (byte)label.Length;
            next += Encoding.ASCII.GetBytes(label, wire.AsSpan(next));
        }
        BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(next + 1), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(next + 3), ClassInternet);
        return new DnsQuestion(name, type, wire);
    }

    /// <summary>The query message.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="withEdns">Whether it says that longer answers than 512 bytes are welcome (RFC 6891).</param>
    public byte[] Write(ushort id, bool withEdns)
    {
        var message = new byte[MessageBytes + (withEdns ? OptBytes : 0)];
        WriteQuestion(message, id);
        if (!withEdns) return message;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), 1);
        // RFC 6891 §6.1.2: the root's name, the type, the payload size in the place of the class; version 0, no flags, no options.
        var opt = message.AsSpan(MessageBytes);
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], OptType);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], PayloadBytesMax);
        return message;
    }

    void WriteQuestion(Span<byte> message, ushort id)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], 1);
        _wire.CopyTo(message[HeaderBytes..]);
    }

    /// <summary>True when the message repeats this question, letters in whichever case.</summary>
    public bool IsRepeatedBy(ReadOnlySpan<byte> message)
    {
        if (message.Length < MessageBytes) return false;
        var repeated = message.Slice(HeaderBytes, _wire.Length);
        return Ascii.EqualsIgnoreCase(repeated[..^4], _wire.AsSpan()[..^4]) && repeated[^4..].SequenceEqual(_wire.AsSpan()[^4..]);
    }

    static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}
