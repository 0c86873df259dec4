using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Weir.Limits;

/// <summary>One argument of a command: a text or an integer.</summary>
readonly struct RedisArg
{
    readonly string? _text;
    readonly long _integer;

    RedisArg(string? text, long integer) => (_text, _integer) = (text, integer);

    public static implicit operator RedisArg(string text) => new(text, 0);

    public static implicit operator RedisArg(long integer) => new(null, integer);

    public override string ToString() => _text ?? $"{_integer}";

    internal void WriteTo(ArrayBufferWriter<byte> output)
    {
        if (_text is null)
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(_integer, digits, out var length);
            RedisCommand.WriteHead(output, (byte)'$', length);
            output.Write(digits[..length]);
        }
        else
        {
            RedisCommand.WriteHead(output, (byte)'$', Encoding.UTF8.GetByteCount(_text));
            Encoding.UTF8.GetBytes(_text, output);
        }
        output.Write("\r\n"u8);
    }
}

/// <summary>A command as it goes over the wire. Immutable: it can be sent again, and elsewhere.</summary>
sealed class RedisCommand
{
    /// <summary>For commands that any node of a cluster can answer.</summary>
    public const int AnySlot = -1;

    RedisCommand(byte[] payload, int slot) => (Payload, Slot) = (payload, slot);

    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Where in a cluster its keys are.</summary>
    public int Slot { get; }

    /// <summary>A command that names no key.</summary>
    public static RedisCommand Of(params ReadOnlySpan<RedisArg> args) => new(Encode(args), AnySlot);

    /// <summary>A command on keys of which this is one; the others have the same hash tag.</summary>
    public static RedisCommand OfKey(string key, params ReadOnlySpan<RedisArg> args) => new(Encode(args), HashSlot.Of(key));

    internal static void WriteHead(ArrayBufferWriter<byte> output, byte type, int length)
    {
        var head = output.GetSpan(16);
        head[0] = type;
        Utf8Formatter.TryFormat(length, head[1..], out var digits);
        head[digits + 1] = (byte)'\r';
        head[digits + 2] = (byte)'\n';
        output.Advance(digits + 3);
    }

    static byte[] Encode(ReadOnlySpan<RedisArg> args)
    {
        var output = new ArrayBufferWriter<byte>(256);
        WriteHead(output, (byte)'*', args.Length);
        foreach (var arg in args) arg.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
