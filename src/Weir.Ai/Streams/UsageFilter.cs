using System.Buffers;

namespace Weir.Ai;

/// <summary>
/// Takes out of a stream of OpenAI's the usage that the client did not ask for: the chunk without choices that carries it, and the nulls that stand in all
/// others. Everything else passes byte for byte; only an event that is cut by a read waits for its end.
/// </summary>
sealed class UsageFilter
{
    static ReadOnlySpan<byte> NullUsage => ",\"usage\":null"u8;

    readonly ArrayBufferWriter<byte> _pending = new();

    public void Pass(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (_pending.WrittenCount > 0)
        {
            // The end of the event that is waiting may be cut, too: the two pieces are looked at as one.
            _pending.Write(bytes);
            var rest = PassWhole(_pending.WrittenSpan, output).ToArray();
            _pending.ResetWrittenCount();
            _pending.Write(rest);
            return;
        }
        _pending.Write(PassWhole(bytes, output));
    }

    /// <summary>The stream is over: what waits is no event, and passes as it is.</summary>
    public void End(IBufferWriter<byte> output)
    {
        output.Write(_pending.WrittenSpan);
        _pending.ResetWrittenCount();
    }

    static ReadOnlySpan<byte> PassWhole(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (true)
        {
            var end = EndOfEvent(bytes);
            if (end < 0) return bytes;
            PassEvent(bytes[..end], output);
            bytes = bytes[end..];
        }
    }

    static void PassEvent(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (bytes.IndexOf("\"usage\""u8) < 0)
        {
            output.Write(bytes);
            return;
        }
        if (HasUsage(bytes) && (bytes.IndexOf("\"choices\":[]"u8) >= 0 || bytes.IndexOf("\"choices\": []"u8) >= 0)) return;
        var none = bytes.LastIndexOf(NullUsage);
        if (none < 0)
        {
            output.Write(bytes);
            return;
        }
        output.Write(bytes[..none]);
        output.Write(bytes[(none + NullUsage.Length)..]);
    }

    static bool HasUsage(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\"usage\":{"u8) >= 0 || bytes.IndexOf("\"usage\": {"u8) >= 0;

    /// <summary>Length of the first event with its empty line; below 0 when it is not complete.</summary>
    static int EndOfEvent(ReadOnlySpan<byte> bytes)
    {
        var from = 0;
        while (true)
        {
            var line = bytes[from..].IndexOf((byte)'\n');
            if (line < 0) return -1;
            from += line + 1;
            if (from < bytes.Length && bytes[from] == '\n') return from + 1;
            if (from + 1 < bytes.Length && bytes[from] == '\r' && bytes[from + 1] == '\n') return from + 2;
        }
    }
}
