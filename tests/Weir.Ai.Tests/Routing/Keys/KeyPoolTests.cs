using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class KeyPoolTests
{
    static readonly TimeSpan s_restMax = TimeSpan.FromMinutes(5);
    readonly ManualTime _time = new();

    [Fact]
    public void Gives_keys_in_turn()
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b", "c");
        Assert.Equal(["a", "b", "c", "a"], Enumerable.Range(0, 4).Select(_ => pool.Choose([])!.Name));
    }

    [Fact]
    public void Gives_the_key_with_the_fewest_calls_under_way()
    {
        var pool = Pool(KeyRotation.LeastUsed, "a", "b");
        var first = pool.Choose([])!;
        first.State.Begin();
        var second = pool.Choose([])!;
        Assert.NotSame(first, second);
        second.State.Begin();
        second.State.End();
        Assert.Same(second, pool.Choose([]));
        first.State.End();
        second.State.Begin();
        second.State.End();
        Assert.Same(first, pool.Choose([]));
    }

    [Fact]
    public void Leaves_out_keys_that_were_tried_or_rest()
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b", "c");
        Assert.Equal("b", pool.Choose([pool.Keys[0]])!.Name);
        pool.Refused(pool.Keys[1], 429, null);
        Assert.Equal("c", pool.Choose([pool.Keys[0]])!.Name);
        Assert.Null(pool.Choose([pool.Keys[0], pool.Keys[2]]));
        Assert.True(pool.IsUp);
    }

    [Theory]
    [InlineData(401, 60)]
    [InlineData(402, 60)]
    [InlineData(403, 60)]
    [InlineData(429, 1)]
    public void Rests_twice_as_long_after_every_refusal(int status, int seconds)
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b");
        var key = pool.Keys[0];
        for (var wait = TimeSpan.FromSeconds(seconds); wait < s_restMax; wait *= 2)
        {
            Assert.Equal(wait, pool.Refused(key, status, null));
            _time.Advance(wait - TimeSpan.FromTicks(1));
            Assert.True(key.State.IsResting);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.False(key.State.IsResting);
        }
        Assert.Equal(s_restMax, pool.Refused(key, status, null));
        _time.Advance(s_restMax);
        key.State.Accepted();
        Assert.Equal(TimeSpan.FromSeconds(seconds), pool.Refused(key, status, null));
    }

    [Fact]
    public void Counts_refusals_of_calls_that_were_under_way_together_once()
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b");
        for (var i = 0; i < 50; i++) Assert.Equal(TimeSpan.FromSeconds(1), pool.Refused(pool.Keys[0], 429, null));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(2), pool.Refused(pool.Keys[0], 429, null));
    }

    [Fact]
    public void Believes_the_provider_within_a_maximum()
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b");
        Assert.Equal(TimeSpan.FromSeconds(7), pool.Refused(pool.Keys[0], 429, TimeSpan.FromSeconds(7)));
        Assert.Equal(s_restMax, pool.Refused(pool.Keys[1], 429, TimeSpan.FromDays(1)));
        Assert.False(pool.IsUp);
        Assert.Equal(TimeSpan.FromSeconds(7), pool.RestLeft);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public void Does_not_blame_keys_for_what_is_not_their_fault(int status)
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b");
        Assert.Equal(TimeSpan.Zero, pool.Refused(pool.Keys[0], status, null));
        Assert.False(pool.Keys[0].State.IsResting);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(529)]
    public void Leaves_an_overloaded_provider_alone_with_every_key(int status)
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b");
        pool.Refused(pool.Keys[0], status, TimeSpan.FromSeconds(3));
        Assert.False(pool.IsUp);
    }

    [Fact]
    public void Rests_a_lonely_key_only_when_the_provider_says_for_how_long()
    {
        var pool = Pool(KeyRotation.RoundRobin, "a");
        foreach (var status in new[] { 401, 402, 403, 429 }) Assert.Equal(TimeSpan.Zero, pool.Refused(pool.Keys[0], status, null));
        Assert.Equal(TimeSpan.Zero, pool.Refused(pool.Keys[0], 401, TimeSpan.FromSeconds(5)));
        Assert.True(pool.IsUp);
        pool.Refused(pool.Keys[0], 429, TimeSpan.FromSeconds(5));
        Assert.False(pool.IsUp);
        // It is the route that does not choose its target; where there is no other one, the key is used.
        Assert.Same(pool.Keys[0], pool.Choose([]));
        Assert.Null(pool.Choose([pool.Keys[0]]));
    }

    [Fact]
    public void Rests_nothing_with_a_maximum_of_zero()
    {
        var pool = new KeyPool(KeyRotation.RoundRobin, TimeSpan.Zero, Key("a"), Key("b"));
        Assert.Equal(TimeSpan.Zero, pool.Refused(pool.Keys[0], 429, TimeSpan.FromSeconds(5)));
        Assert.False(pool.Keys[0].State.IsResting);
    }

    [Fact]
    public void Chooses_without_allocating()
    {
        var pool = Pool(KeyRotation.RoundRobin, "a", "b", "c");
        Assert.Equal(0, Allocation.LeastBytes(() => pool.Choose([])));
    }

    KeyPool Pool(KeyRotation rotation, params string[] names) => new(rotation, s_restMax, [.. names.Select(Key)]);

    PooledKey Key(string name) => new(name, new KeyAuthorizer(new TargetAuth()), new KeyState(_time));
}
