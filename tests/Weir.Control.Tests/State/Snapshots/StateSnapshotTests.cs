namespace Weir.Control.Tests;

public sealed class StateSnapshotTests
{
    static async Task<ControlPlane> PlaneAsync(MemoryJournal journal)
    {
        var plane = await Planes.OpenAsync(journal);
        await plane.InsertAsync(ControlKinds.Services, """{"name":"web","host":"a"}""");
        await plane.InsertAsync(ControlKinds.Routes, """{"name":"r","paths":["/"],"service":{"name":"web"}}""");
        await plane.InsertAsync(ControlKinds.Consumers, """{"username":"anna"}""");
        await plane.InsertAsync(ControlKinds.KeyAuthCredentials, """{"key":"k","consumer":{"username":"anna"}}""");
        var words = string.Join(',', Enumerable.Repeat("\"a long word of a list\"", 1000));
        await plane.InsertAsync(ControlKinds.Plugins, $$$"""{"name":"brake","config":{"words":[{{{words}}}]}}""");
        await plane.ChangeAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Workspaces, Planes.Body("""{"name":"team"}"""), out _));
        return plane;
    }

    static Task<ControlState> ReadAsync(byte[] content, ControlState of) =>
        StateSnapshotReader.ReadAsync(new JournalSnapshot(of.Revision, of.Head.Hash, new MemoryStream(content)), TestContext.Current.CancellationToken);

    [Fact]
    public async Task What_is_read_is_what_was_written_and_is_found_by_every_key()
    {
        await using var plane = await PlaneAsync(new MemoryJournal());
        var read = await ReadAsync(await plane.Current.BytesAsync(), plane.Current);
        Assert.Equal(plane.Current.Said(), read.Said());
        Assert.Equal(plane.Current.Head.HashText, read.Head.HashText);
        var anna = read.Table(ControlState.DefaultWorkspace, ControlKinds.Consumers).Find("anna")!;
        var credentials = read.Table(ControlState.DefaultWorkspace, ControlKinds.KeyAuthCredentials);
        Assert.Equal("k", Assert.Single(credentials.Referring(0, anna.Id)).Name);
        Assert.NotNull(credentials.Find("k"));
        Assert.NotNull(read.Workspace("team"));
    }

    [Fact]
    public async Task One_that_ends_early_or_is_changed_is_found_out_or_says_the_same()
    {
        await using var plane = await PlaneAsync(new MemoryJournal());
        var (state, whole) = (plane.Current, await plane.Current.BytesAsync());
        for (var length = 0; length < whole.Length; length += 97)
            await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(whole[..length], state));
        for (var at = 0; at < 200; at++)
        {
            var changed = whole.ToArray();
            changed[at] ^= 0x80;
            var failure = await Record.ExceptionAsync(() => ReadAsync(changed, state));
            Assert.True(failure is null or InvalidDataException or EndOfStreamException, $"byte {at}: {failure}");
        }
    }

    [Fact]
    public async Task One_of_another_form_is_said_to_be()
    {
        await using var plane = await PlaneAsync(new MemoryJournal());
        var content = await plane.Current.BytesAsync();
        content[StateSnapshot.Magic.Length] = 9;
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(content, plane.Current));
        Assert.Equal("it has form 9, and this program reads form 1", refused.Message);
    }

    [Fact]
    public async Task A_plane_opens_from_the_newest_snapshot_that_can_be_read()
    {
        var journal = new MemoryJournal();
        ControlState state;
        await using (var plane = await PlaneAsync(journal))
        {
            state = plane.Current;
            foreach (var revision in new[] { 2L, 4 })
                journal.Snapshots[revision] = await (await new History(plane).AtAsync(state, revision, default)).BytesAsync();
        }
        await using (var again = await Planes.OpenAsync(journal)) Assert.Equal(state.Said(), again.Current.Said());
        // The transactions before it are not looked at any more.
        Assert.Equal(4, journal.ReadFrom);
        journal.Snapshots[4][20] ^= 0xFF;
        await using (var again = await Planes.OpenAsync(journal)) Assert.Equal(state.Said(), again.Current.Said());
        Assert.Equal(2, journal.ReadFrom);
        journal.Snapshots[2] = [1, 2, 3];
        await using (var again = await Planes.OpenAsync(journal)) Assert.Equal(state.Said(), again.Current.Said());
        Assert.Equal(0, journal.ReadFrom);
    }

    [Fact]
    public async Task A_snapshot_is_written_when_enough_has_happened()
    {
        var journal = new MemoryJournal();
        var parts = Planes.Parts() with { Snapshots = new SnapshotSettings { TransactionsMax = 3, GrowthMin = 0 } };
        await using var plane = await ControlPlane.OpenAsync(journal, parts, TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++) await plane.InsertAsync(ControlKinds.Consumers, $$"""{"username":"user-{{i}}"}""");
        Assert.Empty(journal.Snapshots);
        var written = journal.WaitForSnapshotAsync();
        for (var i = 2; i < 4; i++) await plane.InsertAsync(ControlKinds.Consumers, $$"""{"username":"user-{{i}}"}""");
        await written.WaitAsync(TestContext.Current.CancellationToken);
        var (revision, content) = journal.Snapshots.Single();
        Assert.InRange(revision, 3, 4);
        var snapshot = new JournalSnapshot(revision, new byte[JournalHead.HashBytes], new MemoryStream(content));
        var read = await StateSnapshotReader.ReadAsync(snapshot, TestContext.Current.CancellationToken);
        Assert.Equal(revision, read.Table(ControlState.DefaultWorkspace, ControlKinds.Consumers).Count);
    }
}
