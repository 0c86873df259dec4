using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Weir.Gateway;

/// <summary>
/// Reads answers of name servers. Takes any bytes: what is wrong with them is a result. Compressed names are followed backwards only, so that every step
/// has less of the message before it than the one before.
/// </summary>
ref struct DnsReader
{
    const ushort ResponseFlag = 0x8000;
    const ushort OpcodeMask = 0x7800;
    const ushort TruncatedFlag = 0x0200;
    const ushort CodeMask = 0x000F;
    const ushort ClassInternet = 1;
    const int PointerMark = 0xC0;
    const uint TtlMax = int.MaxValue;
    const int IPv4Bytes = 4;
    const int IPv6Bytes = 16;
    const int SrvFixedBytes = 6;

    readonly ReadOnlySpan<byte> _message;
    int _at;

    DnsReader(ReadOnlySpan<byte> message, int at)
    {
        _message = message;
        _at = at;
    }

    /// <summary>Reads an answer to this question with this id.</summary>
    public static DnsReading Read(ReadOnlySpan<byte> message, ushort id, DnsQuestion question, out DnsAnswer? answer)
    {
        answer = null;
        if (message.Length < DnsQuestion.HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(message) != id) return DnsReading.NotOurs;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & ResponseFlag) == 0 || (flags & OpcodeMask) != 0) return DnsReading.NotOurs;

        var code = (DnsCode)(flags & CodeMask);
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        if (questions == 0 && code is not (DnsCode.NoError or DnsCode.NameError))
        {
            // A server that could not read the question need not repeat it.
            answer = new DnsAnswer(code, false, []);
            return DnsReading.Answer;
        }
        if (questions != 1 || !question.IsRepeatedBy(message)) return DnsReading.NotOurs;

        var isTruncated = (flags & TruncatedFlag) != 0;
        var reader = new DnsReader(message, question.MessageBytes);
        List<DnsRecord> records = [];
        var count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        for (var i = 0; i < count; i++)
        {
            if (reader.TryReadRecord(records)) continue;
            if (!isTruncated) return DnsReading.Malformed;
            break;
        }
        answer = new DnsAnswer(code, isTruncated, records);
        return DnsReading.Answer;
    }

    bool TryReadRecord(List<DnsRecord> records)
    {
        if (!TryReadName(out var name) || !TryReadUInt16(out var type) || !TryReadUInt16(out var @class)) return false;
        if (!TryReadUInt16(out var ttlHigh) || !TryReadUInt16(out var ttlLow) || !TryReadUInt16(out var length)) return false;
        var end = _at + length;
        if (end > _message.Length) return false;
        // RFC 2181 §8: a lifetime with the top bit set is zero.
        var ttl = (uint)ttlHigh << 16 | ttlLow;
        var record = new DnsRecord(name, (DnsType)type, ttl > TtlMax ? 0 : ttl);
        if (@class == ClassInternet)
        {
            if (!TryReadContent(ref record, length, out var isKnown) || isKnown && _at != end) return false;
            if (isKnown) records.Add(record);
        }
        _at = end;
        return true;
    }

    bool TryReadContent(ref DnsRecord record, int length, out bool isKnown)
    {
        isKnown = true;
        string target;
        switch (record.Type)
        {
            case DnsType.A or DnsType.Aaaa:
                if (length != (record.Type == DnsType.A ? IPv4Bytes : IPv6Bytes)) return false;
                record = record with { Address = new IPAddress(_message.Slice(_at, length)) };
                _at += length;
                return true;
            case DnsType.Cname:
                if (!TryReadName(out target)) return false;
                record = record with { Target = target };
                return true;
            case DnsType.Srv:
                if (length <= SrvFixedBytes) return false;
                TryReadUInt16(out var priority);
                TryReadUInt16(out var weight);
                TryReadUInt16(out var port);
                if (!TryReadName(out target)) return false;
                record = record with { Priority = priority, Weight = weight, Port = port, Target = target };
                return true;
            default:
                isKnown = false;
                return true;
        }
    }

    bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_message[_at..], out value)) return false;
        _at += sizeof(ushort);
        return true;
    }

    /// <summary>Reads a name in lower case; false when it runs out of the message, is too long, points forwards, or has characters no name has.</summary>
    bool TryReadName(out string name)
    {
        name = "";
        Span<byte> text = stackalloc byte[DnsQuestion.NameBytesMax];
        var written = 0;
        var at = _at;
        var lowest = _at;
        var jumped = false;
        while (true)
        {
            if (at >= _message.Length) return false;
            int length = _message[at++];
            if ((length & PointerMark) == PointerMark)
            {
                if (at >= _message.Length) return false;
                var pointer = (length & ~PointerMark) << 8 | _message[at++];
                if (!jumped) _at = at;
                if (pointer >= lowest) return false;
                (at, lowest, jumped) = (pointer, pointer, true);
                continue;
            }
            if (length == 0) break;
            if (length > DnsQuestion.LabelBytesMax || at + length > _message.Length) return false;
            if (written > 0) text[written++] = (byte)'.';
            if (written + length > DnsQuestion.NameCharactersMax) return false;
            foreach (var letter in _message.Slice(at, length))
            {
                if (letter is <= (byte)' ' or > (byte)'~' or (byte)'.') return false;
                text[written++] = letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
            }
            at += length;
        }
        if (!jumped) _at = at;
        name = Encoding.ASCII.GetString(text[..written]);
        return true;
    }
}

/// <summary>What a datagram turned out to be.</summary>
enum DnsReading
{
    /// <summary>The answer to the question asked.</summary>
    Answer,

    /// <summary>Something else: late, misdirected or forged. Waiting goes on.</summary>
    NotOurs,

    /// <summary>The right id and question, but unreadable records.</summary>
    Malformed,
}
