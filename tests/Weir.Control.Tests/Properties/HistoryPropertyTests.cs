using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Control.Tests;

/// <summary>What the journal says of the past, for any past.</summary>
public sealed class HistoryPropertyTests
{
    const int Transactions = 12;

    static readonly FsCheck.Config s_runs = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(40);

    [Fact]
    public void The_state_is_the_fold_of_the_journal_and_every_earlier_one_is_found_from_wherever_is_nearest() => Check(async (plane, journal, random) =>
    {
        var states = new List<ControlState> { ControlState.Empty };
        await foreach (var record in journal.ReadAsync(0, default))
            states.Add(states[^1].With(Transaction.Read(record), new JournalHead(record.Revision, record.Hash)));
        AssertSame(states[^1], plane.Current);
        var history = new History(plane);
        // From the ends, then from snapshots too, of which one is damaged.
        for (var round = 0; round < 3; round++)
        {
            foreach (var state in states) AssertSame(state, await history.AtAsync(plane.Current, state.Revision, default));
            var chosen = states[random.Next(1, states.Count)];
            journal.Snapshots[chosen.Revision] = round == 1 ? [1] : await chosen.BytesAsync();
        }
        await using var again = await Planes.OpenAsync(journal);
        AssertSame(plane.Current, again.Current);
    });

    [Fact]
    public void What_is_different_between_two_revisions_leads_from_the_one_to_the_other() => Check(async (plane, _, random) =>
    {
        var history = new History(plane);
        var (from, to) = (random.Next(Transactions + 1), random.Next(Transactions + 1));
        var state = await history.AtAsync(plane.Current, from, default);
        var editor = state.Edit();
        foreach (var change in await history.BetweenAsync(from, to, default))
        {
            var table = editor.Table(change.Workspace, change.Kind);
            if (change.After is { } after) table.Put(new Stored(change.Kind, change.Id, after, to));
            else table.Remove(table.Find(change.Id)!);
        }
        var target = await history.AtAsync(plane.Current, to, default);
        Assert.Equal(Content(target), Content(editor.ToState(target.Head)));
    });

    [Fact]
    public void A_rollback_gives_what_was_and_rolling_forward_gives_it_back() => Check(async (plane, _, random) =>
    {
        var api = new AdminApi(plane, AdminHarness.Node);
        var history = new History(plane);
        var (now, to) = (plane.Current, random.Next(Transactions + 1));
        var then = await history.AtAsync(now, to, default);
        Assert.Equal(200, (await AdminHarness.SendAsync(api, "POST", "/rollback", $$"""{"to":{{to}}}""")).Status);
        Assert.Equal(Content(then), Content(plane.Current));
        Assert.Equal(200, (await AdminHarness.SendAsync(api, "POST", "/rollback", $$"""{"to":{{now.Revision}}}""")).Status);
        Assert.Equal(Content(now), Content(plane.Current));
    });

    [Fact]
    public void Blame_names_the_last_transaction_that_changed_a_field() => Check(async (plane, journal, _) =>
    {
        foreach (var (workspace, table) in plane.Current.Tables.Where(static each => each.Workspace != ControlState.Root))
            foreach (var entity in table.All)
            {
                var found = await new History(plane).BlameAsync(workspace, entity, default);
                Assert.Equal(
                    await ScanAsync(journal, workspace, entity), found.Select(static each => (each.Field, each.By.Revision)).Order().ToList());
            }
    });

    /// <summary>By reading everything, from the first transaction.</summary>
    static async Task<List<(string Field, long Revision)>> ScanAsync(MemoryJournal journal, Guid workspace, Stored entity)
    {
        Dictionary<string, long> by = [];
        await foreach (var record in journal.ReadAsync(0, default))
            foreach (var change in Transaction.Read(record).Changes.Where(change => change.Workspace == workspace && change.Id == entity.Id))
            {
                if (change.Before is null) by.Clear();
                foreach (var field in FieldDiff.Of(Parse(change.Before), Parse(change.After))) by[field.Field] = record.Revision;
            }
        var there = FieldDiff.Of(null, Parse(entity.Json)).Select(static field => field.Field).ToHashSet();
        return [.. by.Where(each => there.Contains(each.Key)).Select(static each => (each.Key, each.Value)).Order()];
    }

    static JsonObject? Parse(ReadOnlyMemory<byte>? json) => json is { } bytes ? JsonNode.Parse(bytes.Span)!.AsObject() : null;

    static void AssertSame(ControlState expected, ControlState actual)
    {
        Assert.Equal((expected.Revision, expected.Head.HashText), (actual.Revision, actual.Head.HashText));
        Assert.Equal(expected.Said(), actual.Said());
    }

    /// <summary>Everything but when it was written.</summary>
    static List<(Guid, string, Guid, string)> Content(ControlState state) => [.. state.Said().Select(static entity =>
    {
        var json = JsonNode.Parse(entity.Json)!.AsObject();
        json.Remove("updated_at");
        return (entity.Workspace, entity.Kind, entity.Id, json.ToJsonString());
    })];

    static void Check(Func<ControlPlane, MemoryJournal, Random, Task> property) => Prop.ForAll<int>(seed =>
    {
        // Nothing here waits for anything but the plane itself.
        RunAsync(seed, property).GetAwaiter().GetResult();
    }).Check(s_runs);

    static async Task RunAsync(int seed, Func<ControlPlane, MemoryJournal, Random, Task> property)
    {
        var (random, journal) = (new Random(seed), new MemoryJournal());
        await using var plane = await Planes.OpenAsync(journal, seed: seed);
        await RandomChanges.MakeAsync(plane, random, Transactions);
        await property(plane, journal, random);
    }
}
