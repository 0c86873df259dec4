using FsCheck;
using FsCheck.Fluent;

namespace Weir.Control.Tests;

/// <summary>What the control plane tells, folded by what a gateway does with it: both have the same, whatever happened between.</summary>
public sealed class FeedTests
{
    static readonly FollowLimits Few = new() { RevisionsKept = 5 };

    [Fact]
    public async Task A_new_gateway_gets_everything()
    {
        await using var plane = await SampleAsync(20);
        await using var hub = await HubAsync(plane);
        var have = Take(hub, Followed.Nothing);
        AssertSame(plane.Current, have);
    }

    [Fact]
    public async Task A_gateway_that_is_a_little_behind_gets_what_changed()
    {
        await using var plane = await SampleAsync(20);
        await using var hub = await HubAsync(plane);
        var have = Take(hub, Followed.Nothing);
        await plane.InsertAsync(ControlKinds.Services, """{"name":"late","url":"http://late"}""");
        await plane.ChangeAsync(static draft => draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Services, "s3"));
        await MovedAsync(hub, plane);
        var next = hub.Feeds.Open(hub.Feeds.OwnHash, null)!.Next(have.Point)!;
        Assert.Equal(2, next.Frames.Count);
        var commit = Commit(next);
        Assert.Equal(have.Point, commit.From);
        Assert.Equal(2, commit.Rows);
        AssertSame(plane.Current, Take(hub, have));
    }

    [Fact]
    public async Task A_gateway_that_is_too_far_behind_gets_everything()
    {
        await using var plane = await SampleAsync(3);
        await using var hub = await HubAsync(plane, Few);
        var have = Take(hub, Followed.Nothing);
        for (var i = 0; i < 7; i++) await plane.InsertAsync(ControlKinds.Services, $$"""{"name":"more{{i}}","url":"http://more"}""");
        await MovedAsync(hub, plane);
        var next = hub.Feeds.Open(hub.Feeds.OwnHash, null)!.Next(have.Point)!;
        Assert.Null(Commit(next).From);
        AssertSame(plane.Current, Take(hub, have));
    }

    [Fact]
    public async Task A_restarted_control_plane_still_knows_what_changed()
    {
        var journal = new MemoryJournal();
        Followed have;
        await using (var plane = await SampleAsync(5, journal))
        await using (var hub = await HubAsync(plane))
            have = Take(hub, Followed.Nothing);
        await using var again = await Planes.OpenAsync(journal, seed: 2);
        await again.InsertAsync(ControlKinds.Services, """{"name":"late","url":"http://late"}""");
        await using var later = await HubAsync(again);
        Assert.Equal(have.Point, Commit(later.Feeds.Open(later.Feeds.OwnHash, null)!.Next(have.Point)!).From);
        AssertSame(again.Current, Take(later, have));
    }

    [Fact]
    public async Task A_gateway_of_another_history_gets_everything()
    {
        await using var plane = await SampleAsync(5);
        await using var other = await SampleAsync(5, seed: 9);
        await using var hub = await HubAsync(plane);
        await using var otherHub = await HubAsync(other);
        var have = Take(otherHub, Followed.Nothing);
        Assert.Equal(plane.Current.Revision, have.Point.Revision);
        Assert.Null(Commit(hub.Feeds.Open(hub.Feeds.OwnHash, null)!.Next(have.Point)!).From);
        AssertSame(plane.Current, Take(hub, have));
    }

    [Fact]
    public async Task Changes_of_what_gateways_do_not_get_only_move_the_revision()
    {
        await using var plane = await SampleAsync(2);
        await using var hub = await HubAsync(plane);
        var have = Take(hub, Followed.Nothing);
        await plane.ChangeAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Guardrails,
            Planes.Body("""{"name":"g","reason":"r","owner":"o","forbid_plugins":["brake"]}"""), out _));
        await MovedAsync(hub, plane);
        var next = hub.Feeds.Open(hub.Feeds.OwnHash, null)!.Next(have.Point)!;
        Assert.Equal(0, Commit(next).Rows);
        var moved = Take(hub, have);
        Assert.Equal(plane.Current.Revision, moved.Point.Revision);
        Assert.Equal(have.Content, moved.Content);
    }

    [Fact]
    public async Task Nothing_of_the_control_planes_own_reaches_a_gateway()
    {
        await using var plane = await SampleAsync(2);
        using var authority = await Enrolment.AuthorityAsync(plane, TestContext.Current.CancellationToken);
        await using var hub = await HubAsync(plane);
        await hub.Enrolment.MakeTokenAsync(new Author("t"), "secret-token", TimeSpan.FromMinutes(1), 1, TestContext.Current.CancellationToken);
        await MovedAsync(hub, plane);
        var kinds = Rows(hub.Feeds.Open(hub.Feeds.OwnHash, null)!.Next(FollowPoint.None)!).Select(static row => row.Kind.Name).Distinct();
        Assert.Equal(["workspaces", "services"], kinds);
    }

    [Fact]
    public void Whatever_is_changed_and_whenever_it_is_told_both_sides_have_the_same() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static steps => HoldsAsync(steps).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();

    static async Task<bool> HoldsAsync(byte[] steps)
    {
        await using var plane = await SampleAsync(2);
        await using var hub = await HubAsync(plane, Few);
        var have = Followed.Nothing;
        foreach (var step in steps)
        {
            var name = "s" + (step % 7);
            if (step % 5 == 0) have = Take(hub, have);
            else if (step % 3 == 0) await plane.ChangeAsync(draft => draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Services, name));
            else await plane.ChangeAsync(draft => draft.Put(ControlState.DefaultWorkspace, ControlKinds.Services, name,
                Planes.Body($$"""{"name":"{{name}}","url":"http://h{{step}}"}"""), out _));
            await MovedAsync(hub, plane);
        }
        have = Take(hub, have);
        AssertSame(plane.Current, have);
        return true;
    }

    static void AssertSame(ControlState state, Followed have)
    {
        Assert.Equal(state.Revision, have.State.Revision);
        Assert.Equal(Lines(state), Lines(have.State));
    }

    static IEnumerable<string> Lines(ControlState state) => FollowKinds.Of(state)
        .Select(static each => $"{each.Workspace} {each.Entity.Kind} {System.Text.Encoding.UTF8.GetString(each.Entity.Json.Span)}").Order();

    internal static Followed Take(GatewayHub hub, Followed have)
    {
        var next = hub.Feeds.Open(hub.Feeds.OwnHash, null)!.Next(have.Point);
        return next is null ? have : Take(next, have);
    }

    internal static Followed Take(FeedNext next, Followed have)
    {
        var update = new UpdateReader(have, FollowLimits.Default);
        foreach (var frame in next.Frames.Select(static bytes => FrameCodec.Decode(bytes, FollowLimits.Default)))
            if (frame.Kind == FrameKind.Part) update.Add(frame.Content);
            else update.End(FollowJson.Read<FollowCommit>(frame.Content.Span));
        return update.Have;
    }

    internal static FollowCommit Commit(FeedNext next) => FollowJson.Read<FollowCommit>(FrameCodec.Decode(next.Frames[^1], FollowLimits.Default).Content.Span);

    static IEnumerable<EntityRow> Rows(FeedNext next) => next.Frames.Select(static bytes => FrameCodec.Decode(bytes, FollowLimits.Default))
        .Where(static frame => frame.Kind == FrameKind.Part).SelectMany(static frame => EntityRow.ReadAll(frame.Content));

    static async Task<ControlPlane> SampleAsync(int services, IJournal? journal = null, int seed = 1)
    {
        var plane = await Planes.OpenAsync(journal, seed: seed);
        for (var i = 0; i < services; i++) await plane.InsertAsync(ControlKinds.Services, $$"""{"name":"s{{i}}","url":"http://h{{i}}"}""");
        return plane;
    }

    internal static async Task<GatewayHub> HubAsync(ControlPlane plane, FollowLimits? limits = null)
    {
        var (certificate, key) = ClusterAuthority.Make(TimeProvider.System);
        var hub = new GatewayHub(plane, new Enrolment(plane, ClusterAuthority.Load(certificate, key), TimeSpan.FromDays(1)), limits ?? FollowLimits.Default);
        await hub.StartAsync(TestContext.Current.CancellationToken);
        return hub;
    }

    internal static async Task MovedAsync(GatewayHub hub, ControlPlane plane)
    {
        while (true)
        {
            var moved = hub.Moved;
            if (hub.Feeds.Head.Revision >= plane.Current.Revision) return;
            await moved.WaitAsync(TestContext.Current.CancellationToken);
        }
    }
}
