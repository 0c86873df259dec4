using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class FrameScanTests
{
    readonly List<string> _found = [];

    [Fact]
    public void Finds_the_messages_that_hold_the_word_wherever_the_bytes_are_cut()
    {
        byte[] stream =
        [
            .. Frame(1, true, """{"type":"response.created"}"""), .. Frame(1, true, """{"type":"response.done","a":1}"""), .. Frame(9, true, "response.done"),
            .. Frame(1, false, """{"type":"respo"""), .. Frame(10, true, "pong"), .. Frame(0, false, "nse.do"), .. Frame(0, true, """ne","b":2}"""),
            .. Frame(2, true, "response.done"), .. Frame(1, true, """{"type":"response.done","c":""" + $"\"{new string('x', 70_000)}\"}}"),
            .. Frame(1, true, ""),
        ];
        for (var size = 1; size < 40; size += 3)
        {
            _found.Clear();
            Feed(stream, size);
            Assert.Equal(3, _found.Count);
            Assert.Equal("""{"type":"response.done","a":1}""", _found[0]);
            Assert.Equal("""{"type":"response.done","b":2}""", _found[1]);
            Assert.InRange(_found[2].Length, 70_000, 70_100);
        }
    }

    [Fact]
    public void Says_where_a_message_ended()
    {
        byte[] first = [.. Frame(9, true, "ping"), .. Frame(1, true, "response.done")];
        byte[] all = [.. first, .. Frame(1, true, new string('x', 300)), 0x81];
        for (var size = 1; size < all.Length; size++)
        {
            FrameScan? scan = null;
            var end = 0L;
            scan = new FrameScan("response.done"u8.ToArray(), _ => end = scan!.Seen);
            foreach (var piece in all.Chunk(size)) scan.Feed(piece);
            Assert.Equal((first.Length, all.Length), (end, scan.Seen));
        }
    }

    [Fact]
    public void Leaves_out_messages_that_are_too_long_or_hold_the_word_late()
    {
        Feed(Frame(1, true, """{"type":"response.done",""" + new string(' ', FrameScan.MessageBytesMax)), 4096);
        Feed(Frame(1, true, "{}" + new string(' ', 300) + "response.done"), 4096);
        Assert.Empty(_found);
        Feed(Frame(1, true, "response.done"), 4096);
        Assert.Single(_found);
    }

    [Theory]
    [InlineData(0x81, 0x81)]
    [InlineData(0xC1, 0x01)]
    public void Gives_up_on_what_cannot_be_read(byte first, byte second)
    {
        var scan = new FrameScan("x"u8.ToArray(), _ => Assert.Fail("nothing can be found"));
        scan.Feed([first, second, 1, 2, 3, 4, (byte)'x']);
        scan.Feed(Frame(1, true, "x"));
        Assert.Empty(_found);
    }

    [Fact]
    public void Never_throws() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes =>
    {
        new FrameScan("x"u8.ToArray(), static _ => { }).Feed(bytes);
        return true;
    }).QuickCheckThrowOnFailure();

    void Feed(byte[] stream, int size)
    {
        var scan = new FrameScan("response.done"u8.ToArray(), message => _found.Add(Encoding.UTF8.GetString(message.Span)));
        for (var at = 0; at < stream.Length; at += size) scan.Feed(stream.AsSpan(at, Math.Min(size, stream.Length - at)));
    }

    static byte[] Frame(int code, bool isLast, string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        List<byte> frame = [(byte)((isLast ? 0x80 : 0) | code)];
        if (payload.Length < 126)
        {
            frame.Add((byte)payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.AddRange([126, (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            var length = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
            frame.Add(127);
            frame.AddRange(length);
        }
        frame.AddRange(payload);
        return [.. frame];
    }
}
