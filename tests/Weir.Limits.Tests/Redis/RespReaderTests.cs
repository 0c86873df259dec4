using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Limits.Tests;

public sealed class RespReaderTests
{
    [Theory]
    [InlineData("+OK\r\n", "OK")]
    [InlineData(":-42\r\n", "-42")]
    [InlineData(":+7\r\n", "7")]
    [InlineData("$5\r\na\r\nb\0\r\n", "a\r\nb\0")]
    [InlineData("$0\r\n\r\n", "")]
    [InlineData("$-1\r\n", "nil")]
    [InlineData("*-1\r\n", "nil")]
    [InlineData("_\r\n", "nil")]
    [InlineData("-ERR no\r\n", "Error: ERR no")]
    [InlineData("!6\r\nERR no\r\n", "Error: ERR no")]
    [InlineData("*3\r\n:1\r\n*1\r\n+a\r\n$-1\r\n", "[1, [a], nil]")]
    [InlineData("~1\r\n:1\r\n", "[1]")]
    [InlineData("%1\r\n+k\r\n:1\r\n", "[k, 1]")]
    [InlineData("#t\r\n", "1")]
    [InlineData(",3.25\r\n", "3.25")]
    [InlineData("(123456789012345678901234567890\r\n", "123456789012345678901234567890")]
    [InlineData("=7\r\ntxt:abc\r\n", "abc")]
    [InlineData("|1\r\n+ttl\r\n:1\r\n:5\r\n", "5")]
    [InlineData(">2\r\n+message\r\n+x\r\n", "[message, x]")]
    public void Reads_every_kind_of_reply(string reply, string expected)
    {
        Assert.True(RespReader.TryRead(Encoding.UTF8.GetBytes(reply), out var consumed, out var value));
        Assert.Equal((reply.Length, expected), (consumed, value.ToString()));
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("\r\n")]
    [InlineData("+OK\n")]
    [InlineData("+O\rK\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":1a\r\n")]
    [InlineData(": 1\r\n")]
    [InlineData(":+-1\r\n")]
    [InlineData(":9223372036854775808\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$999999999999\r\n")]
    [InlineData("$3\r\nabcd\r\n")]
    [InlineData("$?\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("*65537\r\n")]
    [InlineData("%-1\r\n")]
    [InlineData("#x\r\n")]
    [InlineData("_x\r\n")]
    [InlineData("=3\r\nabc\r\n")]
    public void Refuses_what_is_no_reply(string reply) =>
        Assert.Throws<RespException>(() => RespReader.TryRead(Encoding.UTF8.GetBytes(reply), out _, out _));

    [Fact]
    public void Refuses_items_nested_without_end() =>
        Assert.Throws<RespException>(() => RespReader.TryRead(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 100))), out _, out _));

    [Fact]
    public void Refuses_a_line_and_a_reply_without_end()
    {
        Assert.Throws<RespException>(() => RespReader.TryRead(Enumerable.Repeat((byte)'+', RespReader.LineBytesMax + 2).ToArray(), out _, out _));
        var endless = Encoding.UTF8.GetBytes($"*2\r\n${RespReader.ReplyBytesMax - 10}\r\n{new string('x', RespReader.ReplyBytesMax - 10)}\r\n$5\r\n");
        Assert.Throws<RespException>(() => RespReader.TryRead(endless, out _, out _));
    }

    [Fact]
    public void Takes_no_memory_for_what_is_only_announced()
    {
        var announced = Encoding.UTF8.GetBytes("*65000\r\n*65000\r\n:1\r\n");
        RespReader.TryRead(announced, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(RespReader.TryRead(announced, out _, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200);
    }

    [Fact]
    public void A_reply_cut_anywhere_is_read_once_it_is_whole() =>
        Prop.ForAll<(byte Kind, int Number, string Text)[], byte>((drawn, cut) =>
        {
            var value = Draw(new Queue<(byte, int, string)>(drawn), 0);
            var bytes = new List<byte>();
            Write(value, bytes);
            var all = bytes.ToArray();
            for (var i = 0; i < all.Length; i++)
                if (RespReader.TryRead(all.AsSpan(0, i), out var none, out _) || none != 0) return false;
            return RespReader.TryRead([.. all, cut], out var consumed, out var read) && consumed == all.Length && read.Equals(value);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_a_server_sends_is_more_than_refused() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll<byte[], byte>((noise, seed) =>
        {
            // Bytes that mean something are more likely than others.
            var hostile = noise.Select(octet => octet < 200 ? (byte)"*$:+-%>~|#_=!,(0123456789\r\n\r\n\r\n\r\nt"[octet % 34] : octet).ToArray();
            try
            {
                var at = 0;
                while (RespReader.TryRead(hostile.AsSpan(at), out var consumed, out _))
                {
                    if (consumed <= 0) return false;
                    at += consumed;
                }
                return true;
            }
            catch (RespException)
            {
                return true;
            }
        }));

    static RedisValue Draw(Queue<(byte Kind, int Number, string Text)> from, int depth)
    {
        if (!from.TryDequeue(out var one)) return RedisValue.Nil;
        return (one.Kind % (depth < 5 ? 5 : 4)) switch
        {
            0 => RedisValue.Nil,
            1 => RedisValue.Of(one.Number * 4_000_000_000L),
            2 => RedisValue.Of(Encoding.UTF8.GetBytes(one.Text ?? "")),
            3 => RedisValue.Error(Encoding.UTF8.GetBytes(string.Concat((one.Text ?? "").Split('\r', '\n')))),
            _ => RedisValue.Of([.. Enumerable.Range(0, one.Number & 3).Select(_ => Draw(from, depth + 1))]),
        };
    }

    static void Write(RedisValue value, List<byte> to)
    {
        switch (value.Kind)
        {
            case RedisKind.Nil:
                to.AddRange("$-1\r\n"u8);
                break;
            case RedisKind.Integer:
                to.AddRange(Encoding.UTF8.GetBytes($":{value.Integer}\r\n"));
                break;
            case RedisKind.Bytes:
                to.AddRange([.. Encoding.UTF8.GetBytes($"${value.Bytes.Length}\r\n"), .. value.Bytes, .. "\r\n"u8]);
                break;
            case RedisKind.Error:
                to.AddRange([.. "-"u8, .. value.Bytes, .. "\r\n"u8]);
                break;
            default:
                to.AddRange(Encoding.UTF8.GetBytes($"*{value.Items.Length}\r\n"));
                foreach (var item in value.Items) Write(item, to);
                break;
        }
    }
}
