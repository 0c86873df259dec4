using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class ControlPlaneTests
{
    [Fact]
    public async Task Refuses_an_entity_with_problems_and_names_every_field()
    {
        await using var plane = await Planes.OpenAsync();
        var commit = await plane.InsertAsync(ControlKinds.Services, """{"name":"a b","port":70000,"colour":"red"}""");
        var refusal = Assert.Single(commit.Refusals);
        Assert.Equal((400, 2, "schema violation"), (refusal.Status, refusal.Code, refusal.Name));
        Assert.StartsWith("4 schema violations (colour: unknown field", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["colour", "host", "name", "port"], refusal.Fields!.Select(static field => field.Key));
        Assert.Equal(0, plane.Current.Revision);
    }

    [Fact]
    public async Task Stores_an_entity_with_all_its_defaults()
    {
        await using var plane = await Planes.OpenAsync();
        var commit = await plane.InsertAsync(ControlKinds.Services, """{"name":"orders","url":"https://orders.example:8443/v1"}""");
        Assert.Empty(commit.Refusals);
        var service = plane.Find(ControlKinds.Services, "orders")!.Json();
        Assert.Equal("https", service.GetProperty("protocol").GetString());
        Assert.Equal(8443, service.GetProperty("port").GetInt32());
        Assert.Equal(60000, service.GetProperty("read_timeout").GetInt32());
        Assert.Equal(JsonValueKind.Null, service.GetProperty("tls_verify").ValueKind);
        Assert.Equal(1, plane.Current.Revision);
    }

    [Fact]
    public async Task Refuses_a_reference_that_leads_nowhere()
    {
        await using var plane = await Planes.OpenAsync();
        var byName = await plane.InsertAsync(ControlKinds.Routes, """{"paths":["/"],"service":{"name":"nobody"}}""");
        Assert.Equal(13, Assert.Single(byName.Refusals).Code);
        var byId = await plane.InsertAsync(ControlKinds.Routes, """{"paths":["/"],"service":{"id":"0f5cbd52-53ad-4e3f-8c0c-e7cd85f9b3f0"}}""");
        Assert.Equal(4, Assert.Single(byId.Refusals).Code);
        Assert.Equal(
            "the foreign key '{id=\"0f5cbd52-53ad-4e3f-8c0c-e7cd85f9b3f0\"}' does not reference an existing 'services' entity.", byId.Refusals[0].Message);
    }

    [Fact]
    public async Task Refuses_a_name_that_is_taken()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"a"}""");
        var refusal = Assert.Single((await plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"b"}""")).Refusals);
        Assert.Equal((409, 5, "UNIQUE violation detected on '{name=\"a\"}'"), (refusal.Status, refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task Refuses_a_second_instance_of_a_plugin_in_the_same_place()
    {
        await using var plane = await Planes.OpenAsync();
        Assert.True((await plane.InsertAsync(ControlKinds.Plugins, """{"name":"brake"}""")).Ok);
        Assert.Equal(5, Assert.Single((await plane.InsertAsync(ControlKinds.Plugins, """{"name":"brake"}""")).Refusals).Code);
        Assert.Equal(10, plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Plugins).All.Single().Json()
            .GetProperty("config").GetProperty("ms").GetInt32());
    }

    [Fact]
    public async Task Says_what_is_wrong_in_the_settings_of_a_plugin()
    {
        await using var plane = await Planes.OpenAsync();
        var refusal = Assert.Single((await plane.InsertAsync(ControlKinds.Plugins, """{"name":"brake","config":{"ms":"x","place":{"prt":1}}}""")).Refusals);
        Assert.Equal("""{"ms":"expected an integer, found the text \"x\"","place":{"prt":"unknown field; did you mean 'port'?"}}""",
            refusal.Fields!["config"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task Deletes_what_hangs_on_a_service_but_not_its_routes()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"a"}""");
        await plane.InsertAsync(ControlKinds.Plugins, """{"name":"brake","service":{"name":"a"}}""");
        await plane.InsertAsync(ControlKinds.Routes, """{"name":"r","paths":["/"],"service":{"name":"a"}}""");
        var refused = await plane.ChangeAsync(static draft => draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Services, "a"));
        Assert.Equal("an existing 'routes' entity references this 'services' entity", Assert.Single(refused.Refusals).Message);
        await plane.ChangeAsync(static draft => draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Routes, "r"));
        var deleted = await plane.ChangeAsync(static draft => draft.Delete(ControlState.DefaultWorkspace, ControlKinds.Services, "a"));
        Assert.Equal(["plugins", "services"], deleted.Changes.Select(static change => change.Kind.Name).Order(StringComparer.Ordinal));
        Assert.Equal(0, plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Plugins).Count);
    }

    [Fact]
    public async Task Merges_records_and_replaces_lists_and_maps()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Plugins,
            """{"name":"brake","instance_name":"b","config":{"words":["a"],"place":{"host":"h","port":81},"names":{"x":"1"}}}""");
        var id = plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Plugins).All.Single().Id.ToString();
        var body = Planes.Body("""{"config":{"words":["b"],"place":{"port":82},"names":{"y":"2"}}}""");
        Assert.True((await plane.ChangeAsync(draft => draft.Patch(ControlState.DefaultWorkspace, ControlKinds.Plugins, id, body, out _))).Ok);
        Assert.Equal("""{"ms":10,"ms_max":100,"words":["b"],"place":{"host":"h","port":82},"names":{"y":"2"}}""",
            plane.Find(ControlKinds.Plugins, id)!.Json().GetProperty("config").GetRawText());
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_no_transaction()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"a"}""");
        var again = await plane.ChangeAsync(static draft =>
            draft.Put(ControlState.DefaultWorkspace, ControlKinds.Services, "a", Planes.Body("""{"host":"a"}"""), out _));
        Assert.True(again.Ok);
        Assert.Null(again.Transaction);
        Assert.Equal(1, plane.Current.Revision);
    }

    [Fact]
    public async Task Names_may_be_swapped_in_one_transaction()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"one"}""");
        await plane.InsertAsync(ControlKinds.Services, """{"name":"b","host":"two"}""");
        var (one, two) = (plane.Find(ControlKinds.Services, "a")!.Id.ToString(), plane.Find(ControlKinds.Services, "b")!.Id.ToString());
        var swap = await plane.ChangeAsync(draft =>
            draft.Patch(ControlState.DefaultWorkspace, ControlKinds.Services, one, Planes.Body("""{"name":"b"}"""), out _)
            ?? draft.Patch(ControlState.DefaultWorkspace, ControlKinds.Services, two, Planes.Body("""{"name":"a"}"""), out _));
        Assert.Empty(swap.Refusals);
        Assert.Equal(two, plane.Find(ControlKinds.Services, "a")!.Id.ToString());
    }

    [Fact]
    public async Task A_dry_run_leaves_everything_as_it_is()
    {
        await using var plane = await Planes.OpenAsync();
        var commit = await plane.ChangeAsync(
            static draft => draft.Insert(ControlState.DefaultWorkspace, ControlKinds.Services, Planes.Body("""{"name":"a","host":"a"}"""), out _),
            new CommitOptions(IsDryRun: true));
        Assert.Single(commit.Changes);
        Assert.Equal(0, plane.Current.Revision);
    }

    [Fact]
    public async Task Refuses_a_change_of_a_state_that_has_moved()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"a"}""");
        var commit = await plane.ChangeAsync(
            static draft => draft.Insert(ControlState.DefaultWorkspace, ControlKinds.Services, Planes.Body("""{"host":"b"}"""), out _),
            new CommitOptions(ExpectedRevision: 0));
        Assert.Equal(409, Assert.Single(commit.Refusals).Status);
    }

    [Fact]
    public async Task The_journal_folds_to_the_same_state()
    {
        var journal = new MemoryJournal();
        await using var plane = await Planes.OpenAsync(journal);
        await plane.InsertAsync(ControlKinds.Consumers, """{"username":"anna"}""");
        await plane.InsertAsync(ControlKinds.KeyAuthCredentials, """{"consumer":{"username":"anna"}}""");
        await plane.InsertAsync(ControlKinds.BasicAuthCredentials, """{"consumer":{"username":"anna"},"username":"anna","password":"secret"}""");
        await using var other = await Planes.OpenAsync(journal);
        Assert.Equal(plane.Current.Revision, other.Current.Revision);
        foreach (var kind in ControlKinds.All)
            Assert.Equal(
                plane.Current.Table(ControlState.DefaultWorkspace, kind).All.Select(static entity => entity.Json().GetRawText()),
                other.Current.Table(ControlState.DefaultWorkspace, kind).All.Select(static entity => entity.Json().GetRawText()));
        Assert.Equal(40, other.Find(ControlKinds.BasicAuthCredentials, "anna")!.Json().GetProperty("password").GetString()!.Length);
    }

    [Fact]
    public async Task Two_planes_on_one_journal_follow_each_other()
    {
        var journal = new MemoryJournal();
        await using var one = await Planes.OpenAsync(journal, seed: 1);
        await using var two = await Planes.OpenAsync(journal, seed: 2);
        var writes = Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : two)
            .InsertAsync(ControlKinds.Services, $$"""{"name":"s{{i}}","host":"h"}"""));
        Assert.All(await Task.WhenAll(writes), static commit => Assert.Empty(commit.Refusals));
        await one.WaitAsync(39, TestContext.Current.CancellationToken);
        await two.WaitAsync(39, TestContext.Current.CancellationToken);
        Assert.Equal(40, one.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).Count);
        Assert.Equal(40, two.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).Count);
    }

    [Fact]
    public async Task A_failed_append_changes_nothing()
    {
        var journal = new MemoryJournal { NextFailure = new IOException("disk full") };
        await using var plane = await Planes.OpenAsync(journal);
        await Assert.ThrowsAsync<IOException>(() => plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"a"}"""));
        Assert.Equal(0, plane.Current.Revision);
        Assert.True((await plane.InsertAsync(ControlKinds.Services, """{"name":"a","host":"a"}""")).Ok);
    }

    [Fact]
    public async Task Changes_that_come_together_wait_for_the_disk_together()
    {
        var journal = new MemoryJournal { IsSlow = true };
        await using var plane = await Planes.OpenAsync(journal);
        var writes = Enumerable.Range(0, 10).Select(i => plane.InsertAsync(ControlKinds.Services, $$"""{"name":"s{{i}}","host":"h"}""")).ToList();
        while (journal.Waiting < 10) await Task.Yield();
        Assert.Equal(0, plane.Current.Revision);
        journal.Finish();
        Assert.All(await Task.WhenAll(writes), static commit => Assert.True(commit.Ok));
        Assert.Equal(10, plane.Current.Revision);
    }
}
