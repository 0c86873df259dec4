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

    /// <summary>Bytes of the query message.</summary>
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

    /// <summary>Writes the query message.</summary>
    public void Write(Span<byte> message, ushort id)
    {
        message[..HeaderBytes].Clear();
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
