namespace Weir.Control.Tests;

/// <summary>Updates that a gateway does not believe.</summary>
public sealed class FollowedTests
{
    [Fact]
    public async Task Refuses_an_update_of_a_state_that_it_does_not_have()
    {
        var (have, commit, rows) = await SampleAsync();
        Assert.Throws<StreamBrokenException>(() => Followed.Nothing.With(rows, commit with { From = have.Point }));
    }

    [Fact]
    public async Task Refuses_an_update_that_lacks_an_entity()
    {
        var (_, commit, rows) = await SampleAsync();
        Assert.Throws<StreamBrokenException>(() => Followed.Nothing.With(rows[..^1], commit));
        Assert.Throws<StreamBrokenException>(() => Followed.Nothing.With(rows[..^1], commit with { Rows = commit.Rows - 1 }));
    }

    [Fact]
    public async Task Refuses_an_update_in_which_something_was_changed()
    {
        var (_, commit, rows) = await SampleAsync();
        rows[^1] = rows[^1] with { Json = "{}"u8.ToArray() };
        Assert.Throws<StreamBrokenException>(() => Followed.Nothing.With(rows, commit));
    }

    [Fact]
    public async Task Refuses_an_update_without_a_history()
    {
        var (_, commit, rows) = await SampleAsync();
        Assert.Throws<StreamBrokenException>(() => Followed.Nothing.With(rows, commit with { To = commit.To with { History = "zz" } }));
        Assert.Throws<StreamBrokenException>(() => Followed.Nothing.With(rows, commit with { To = commit.To with { History = new string('g', 64) } }));
        Assert.Throws<StreamBrokenException>(() => Followed.Nothing.With(rows, commit with { To = commit.To with { Revision = -1 } }));
    }

    [Fact]
    public void An_update_has_an_end_to_its_size()
    {
        var update = new UpdateReader(Followed.Nothing, new FollowLimits { UpdateBytesMax = 10 });
        Assert.Throws<StreamBrokenException>(() => update.Add(new byte[11]));
    }

    [Fact]
    public void Frames_without_end_are_too_many()
    {
        var pace = new FramePace(new FollowLimits { FramesBurstMax = 10 }, new Stopped());
        for (var i = 0; i < 10; i++) pace.Count();
        Assert.Throws<StreamBrokenException>(pace.Count);
    }

    [Fact]
    public void Pauses_grow_to_a_limit_and_differ()
    {
        var limits = FollowLimits.Default;
        var backOff = new BackOff(limits, new Random(1));
        var pauses = Enumerable.Range(0, 100).Select(_ => backOff.Next()).ToList();
        Assert.InRange(pauses[0], limits.BackOffMin / 2, limits.BackOffMin);
        Assert.All(pauses, pause => Assert.InRange(pause, limits.BackOffMin / 2, limits.BackOffMax));
        Assert.All(pauses[20..], pause => Assert.InRange(pause, limits.BackOffMax / 2, limits.BackOffMax));
        Assert.True(pauses[20..].Distinct().Count() > 50);
        backOff.Reset();
        Assert.InRange(backOff.Next(), limits.BackOffMin / 2, limits.BackOffMin);
    }

    static async Task<(Followed Have, FollowCommit Commit, List<EntityRow> Rows)> SampleAsync()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"web","url":"http://web"}""");
        await using var hub = await FeedTests.HubAsync(plane);
        var next = hub.Feeds.Open(hub.Feeds.OwnHash, null)!.Next(FollowPoint.None)!;
        var rows = next.Frames.SkipLast(1).SelectMany(static bytes => EntityRow.ReadAll(FrameCodec.Decode(bytes, FollowLimits.Default).Content)).ToList();
        return (FeedTests.Take(next, Followed.Nothing), FeedTests.Commit(next), rows);
    }

    sealed class Stopped : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
