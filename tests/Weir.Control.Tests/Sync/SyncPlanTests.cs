namespace Weir.Control.Tests;

public sealed class SyncPlanTests
{
    [Fact]
    public async Task A_sync_that_is_refused_half_way_changes_nothing()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("services:\n- name: a\n  host: a.example\n");
        var before = plane.Current;
        var (commit, _) = await plane.SyncAsync("services:\n- name: b\n  host: b.example\n- name: c\n  host: c.example\n  port: 70000\n");
        Assert.False(commit.Ok);
        Assert.Same(before, plane.Current);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_with_its_place_in_the_file()
    {
        await using var plane = await Planes.OpenAsync();
        var (commit, plan) = await plane.SyncAsync("""
            services:
            - name: a
              host: a.example
              port: 70000
              routes:
              - name: r
                paths: [no-slash]
            plugins:
            - name: brake
              config: {ms: 5, ms_max: 1}
            - name: nothing
            """);
        var told = plan.Explain(commit.Refusals).Select(static problem => problem.ToString()).ToList();
        Assert.Equal(4, told.Count);
        Assert.StartsWith("kong.yaml:5:9: service 'a': port: value should be between", told[0]);
        Assert.StartsWith("kong.yaml:8:13: route 'r' of service 'a': paths[0]: should start with", told[1]);
        Assert.StartsWith("kong.yaml:11:16: plugin 'brake': config.ms: must not be greater than ms_max", told[2]);
        Assert.StartsWith("kong.yaml:12:9: plugin 'nothing': name: plugin 'nothing' not enabled", told[3]);
    }

    [Fact]
    public async Task A_name_that_another_tag_has_is_told_and_not_taken_over()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("""
            services:
            - name: a
              host: a.example
              tags: [mine]
            - name: b
              host: b.example
              id: 1a1451d7-4ba5-4a72-bd83-3ab775192393
            """);
        var (commit, plan) = await plane.SyncAsync("services:\n- name: b\n  host: other.example\n  id: 2a1451d7-4ba5-4a72-bd83-3ab775192393\n",
            new SyncOptions { SelectTags = ["mine"] });
        var told = Assert.Single(plan.Explain(commit.Refusals));
        Assert.StartsWith("kong.yaml:3:9: service 'b': name: UNIQUE violation detected on '{name=\"b\"}'", told.ToString());
        (commit, plan) = await plane.SyncAsync("services:\n- name: b\n  host: other.example\n", new SyncOptions { SelectTags = ["mine"] });
        Assert.Equal(409, commit.Refusals[0].Status);
        Assert.Equal("kong.yaml:3:9: service 'b': name: is there already, without the tags of this file (mine): another file owns it",
            Assert.Single(plan.Explain(commit.Refusals)).ToString());
        Assert.Equal(2, plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).Count);
    }

    [Fact]
    public async Task A_sync_never_deletes_what_other_tags_own()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("""
            services:
            - {name: a, host: a.example, tags: [a, both]}
            - {name: b, host: b.example, tags: [b, both]}
            - {name: c, host: c.example}
            """);
        await plane.SyncAsync("", new SyncOptions { SelectTags = ["a", "both"] });
        Assert.Equal(["b", "c"], Names(plane));
        await plane.SyncAsync("", new SyncOptions { SelectTags = ["b", "a"] });
        Assert.Equal(["b", "c"], Names(plane));
        await plane.SyncAsync("services:\n- name: d\n  host: d.example\n", new SyncOptions { SelectTags = ["b"] });
        Assert.Equal(["c", "d"], Names(plane));
    }

    [Fact]
    public async Task What_would_be_deleted_with_the_same_sync_is_not_referred_to()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("consumers:\n- username: alice\n");
        var (commit, _) = await plane.SyncAsync("plugins:\n- name: brake\n  consumer: alice\n");
        Assert.Contains("there is no consumer 'alice' in the file; what other files own is named by the tags of _info.default_lookup_tags.consumers",
            Assert.Single(commit.Refusals).Message);
        Assert.True((await plane.SyncAsync("plugins:\n- name: brake\n  consumer: alice\n", new SyncOptions { Deletes = false })).Commit.Ok);
    }

    [Fact]
    public async Task The_order_of_tags_is_no_difference_and_the_order_of_a_list_is()
    {
        await using var plane = await Planes.OpenAsync();
        const string service = "services:\n- name: a\n  host: a.example\n";
        const string plugin = "plugins:\n- name: brake\n";
        await plane.SyncAsync(service + "  tags: [x, y]\n" + plugin + "  config: {words: [x, y]}\n");
        Assert.Empty((await plane.SyncAsync(service + "  tags: [y, x]\n" + plugin + "  config: {words: [x, y]}\n")).Commit.Changes);
        Assert.Single((await plane.SyncAsync(service + "  tags: [y, x]\n" + plugin + "  config: {words: [y, x]}\n")).Commit.Changes);
    }

    [Fact]
    public async Task A_partial_that_changes_is_not_kept_in_the_plugins_that_use_it()
    {
        await using var plane = await Planes.OpenAsync();
        const string file = """
            partials:
            - name: p
              type: redis-ce
              config: {host: HOST, port: 1}
            plugins:
            - name: brake
              partials:
              - name: p
                path: config.place
            """;
        Assert.True((await plane.SyncAsync(file.Replace("HOST", "one.example", StringComparison.Ordinal))).Commit.Ok);
        Assert.DoesNotContain("one.example", plane.Dump()[plane.Dump().IndexOf("plugins:", StringComparison.Ordinal)..]);
        var (commit, _) = await plane.SyncAsync(file.Replace("HOST", "two.example", StringComparison.Ordinal));
        Assert.Equal(ControlKinds.Partials, Assert.Single(commit.Changes).Kind);
    }

    static IEnumerable<string?> Names(ControlPlane plane) =>
        plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.Services).All.Select(static each => each.Name).Order();
}
