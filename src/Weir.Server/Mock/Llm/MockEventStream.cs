using System.Buffers;
using System.Text;

namespace Weir.Server;

/// <summary>Server-sent events (WHATWG HTML §9.2).</summary>
sealed class MockEventStream : MockFraming
{
    public static readonly MockEventStream Instance = new();

    public override string ContentType => "text/event-stream; charset=utf-8";

    public override void Write(IBufferWriter<byte> to, MockEvent next) =>
        Write(to, next.Name, next.Payload is null ? Encoding.UTF8.GetBytes(next.Raw ?? "") : MockJson.Bytes(next.Payload));

    public override void WriteBroken(IBufferWriter<byte> to, MockEvent next)
    {
        var bytes = next.Payload is null ? [] : MockJson.Bytes(next.Payload);
        Write(to, next.Name, bytes.AsSpan(0, bytes.Length / 2));
    }

    static void Write(IBufferWriter<byte> to, string? name, ReadOnlySpan<byte> text)
    {
        if (name is not null)
        {
            to.Write("event: "u8);
            Encoding.UTF8.GetBytes(name, to);
            to.Write("\n"u8);
        }
        to.Write("data: "u8);
        to.Write(text);
        to.Write("\n\n"u8);
    }
}
