using System.Text;

namespace Weir.Limits.Tests;

public sealed class RedirectionTests
{
    static readonly RedisEndpoint From = new("10.0.0.9", 7000);

    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", 3999, "127.0.0.1", 6381, false)]
    [InlineData("ASK 0 node.example:6381", 0, "node.example", 6381, true)]
    [InlineData("MOVED 16383 2001:db8::1:6381", 16383, "2001:db8::1", 6381, false)]
    [InlineData("MOVED 1 :6381", 1, "10.0.0.9", 6381, false)]
    public void Reads_where_a_slot_is(string error, int slot, string host, int port, bool isAsk) =>
        Assert.Equal(new Redirection(slot, new RedisEndpoint(host, port), isAsk), Redirection.Parse(RedisValue.Error(Encoding.UTF8.GetBytes(error)), From));

    [Theory]
    [InlineData("ERR something")]
    [InlineData("MOVED")]
    [InlineData("MOVED 1")]
    [InlineData("MOVED x 127.0.0.1:6381")]
    [InlineData("MOVED 16384 127.0.0.1:6381")]
    [InlineData("MOVED 1 127.0.0.1")]
    [InlineData("MOVED 1 127.0.0.1:x")]
    [InlineData("MOVEDX 1 127.0.0.1:1")]
    public void Any_other_error_is_none(string error) => Assert.Null(Redirection.Parse(RedisValue.Error(Encoding.UTF8.GetBytes(error)), From));

    [Fact]
    public void Refuses_a_map_of_another_shape()
    {
        var node = RedisValue.Of([RedisValue.Of("a"u8), RedisValue.Of(1)]);
        RedisValue[] maps =
            [RedisValue.Of([RedisValue.Of(1)]), RedisValue.Of([RedisValue.Of([RedisValue.Of(0), RedisValue.Of(1)])]),
                RedisValue.Of([RedisValue.Of([RedisValue.Of(-1), RedisValue.Of(1), node])]),
                RedisValue.Of([RedisValue.Of([RedisValue.Of(0), RedisValue.Of(16384), node])]),
                RedisValue.Of([RedisValue.Of([RedisValue.Of(2), RedisValue.Of(1), node])])];
        Assert.All(maps, map => Assert.Null(Redirection.ReadMap(map, From)));
        var slots = Redirection.ReadMap(RedisValue.Of([RedisValue.Of([RedisValue.Of(1), RedisValue.Of(2), node])]), From)!;
        Assert.Equal(new RedisEndpoint[] { default, new("a", 1), new("a", 1), default }, slots[..4]);
    }

    [Theory]
    [InlineData("123456789", 0x31C3)]
    [InlineData("{user1000}.following", 3443)]
    [InlineData("{user1000}.followers", 3443)]
    public void Finds_the_slot_of_a_key(string key, int slot) => Assert.Equal(slot, HashSlot.Of(key));

    [Fact]
    public void Only_a_tag_with_content_is_a_tag()
    {
        Assert.Equal(HashSlot.Of("{bar"), HashSlot.Of("foo{{bar}}zap"));
        Assert.NotEqual(HashSlot.Of(""), HashSlot.Of("foo{}{bar}"));
        Assert.Equal(HashSlot.Of("bar"), HashSlot.Of("foo{bar}{zap}"));
    }
}
