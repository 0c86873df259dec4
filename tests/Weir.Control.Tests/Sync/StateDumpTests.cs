using System.Text.RegularExpressions;

namespace Weir.Control.Tests;

public sealed partial class StateDumpTests
{
    const string Team = """
        services:
        - name: b
          host: b.example
          tags: [team, red]
          routes:
          - name: r2
            paths: [/2]
            tags: [team]
          - name: r1
            paths: [/1]
            tags: [team]
            plugins:
            - name: brake
              config: {ms: 5}
              tags: [team]
        - name: a
          host: a.example
        """;

    [Fact]
    public async Task Entities_stand_under_what_they_belong_to_in_the_order_of_their_names()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync(Team);
        var text = plane.Dump(new DumpOptions { SkipsDefaults = true });
        Assert.Equal("""
            _format_version: "3.0"
            services:
            - host: a.example
              name: a
            - host: b.example
              name: b
              routes:
              - name: r1
                paths:
                - /1
                plugins:
                - config:
                    ms: 5
                  enabled: true
                  name: brake
                  tags:
                  - team
                tags:
                - team
              - name: r2
                paths:
                - /2
                tags:
                - team
              tags:
              - team
              - red

            """, text);
    }

    [Fact]
    public async Task Settings_of_plugins_are_whole_unless_defaults_are_left_out()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("plugins:\n- name: brake\n  config: {ms: 5}\n");
        Assert.Contains("ms: 5\n    ms_max: 100\n    names: null\n", plane.Dump());
        Assert.DoesNotContain("ms_max", plane.Dump(new DumpOptions { SkipsDefaults = true }));
    }

    [Fact]
    public async Task A_dump_of_some_tags_has_only_these_and_does_not_repeat_them()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync(Team);
        var text = plane.Dump(new DumpOptions { SkipsDefaults = true, SelectTags = ["team"] });
        Assert.StartsWith("_format_version: \"3.0\"\n_info:\n  defaults: {}\n  select_tags:\n  - team\nservices:\n- host: b.example\n", text);
        Assert.DoesNotContain("a.example", text);
        Assert.Equal(1, TeamTag().Count(text));
        Assert.Contains("- red", text);
        Assert.Empty((await plane.SyncAsync(text.Replace("_format_version: \"3.0\"\n", "", StringComparison.Ordinal))).Commit.Changes);
    }

    [Fact]
    public async Task A_route_of_a_service_that_is_not_in_the_dump_names_it()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("services:\n- name: a\n  host: a.example\n  routes:\n  - name: r\n    paths: [/r]\n    tags: [team]\n");
        var text = plane.Dump(new DumpOptions { SkipsDefaults = true, SelectTags = ["team"] });
        Assert.Contains("routes:\n- name: r\n  paths:\n  - /r\n  service:\n    name: a\n", text);
    }

    [Fact]
    public async Task A_plugin_of_several_things_stands_at_the_top_and_names_them()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync(
            "services:\n- name: a\n  host: a.example\nconsumers:\n- username: alice\nplugins:\n- name: brake\n  service: a\n  consumer: alice\n");
        Assert.Contains("plugins:\n- consumer: alice\n  enabled: true\n  name: brake\n  service: a\n", plane.Dump(new DumpOptions { SkipsDefaults = true }));
    }

    [Fact]
    public async Task What_has_no_name_keeps_its_id()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("services:\n- host: a.example\n  id: 1a1451d7-4ba5-4a72-bd83-3ab775192393\n- name: b\n  host: b.example\n");
        var text = plane.Dump(new DumpOptions { SkipsDefaults = true });
        Assert.Equal(
            "_format_version: \"3.0\"\nservices:\n- host: a.example\n  id: 1a1451d7-4ba5-4a72-bd83-3ab775192393\n- host: b.example\n  name: b\n", text);
        Assert.Equal(2, Id().Count(plane.Dump(new DumpOptions { WithIds = true })));
    }

    [Fact]
    public async Task A_password_can_be_used_after_a_dump_was_synced_elsewhere()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("consumers:\n- username: alice\n  basicauth_credentials:\n  - username: alice\n    password: open-sesame\n");
        await using var other = await Planes.OpenAsync(seed: 2);
        var text = plane.Dump();
        Assert.DoesNotContain("sesame", text);
        await other.SyncAsync(text.Replace("_format_version: \"3.0\"\n", "", StringComparison.Ordinal));
        var (mine, theirs) = (Credential(plane), Credential(other));
        Assert.Equal(mine.Text("password"), theirs.Text("password"));
        Assert.Equal(mine.Reference("consumer"), theirs.Reference("consumer"));
    }

    [Fact]
    public async Task Members_of_groups_are_said_where_the_dump_has_them()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("consumer_groups:\n- name: gold\n  tags: [g]\nconsumers:\n- username: alice\n  groups:\n  - name: gold\n");
        Assert.Contains("consumers:\n- groups:\n  - name: gold\n  username: alice\n", plane.Dump());
        Assert.Contains("consumer_groups:\n- consumers:\n  - username: alice\n  name: gold\n", plane.Dump(new DumpOptions { SelectTags = ["g"] }));
        Assert.Equal("_format_version: \"3.0\"\n", plane.Dump(new DumpOptions { SkipsConsumers = true }));
    }

    [Fact]
    public async Task A_sanitized_dump_keeps_the_words_of_the_format_and_nothing_of_the_owner()
    {
        await using var plane = await Planes.OpenAsync();
        await plane.SyncAsync("""
            services:
            - name: secret-name
              host: secret.example
              routes:
              - name: r
                paths: [/secret, ~/secret/\d+]
                methods: [GET]
                plugins:
                - name: brake
                  config: {words: [secret], place: {host: secret.example}, names: {a: secret}}
            """);
        var text = plane.Dump(new DumpOptions { Sanitizes = "salt" });
        Assert.DoesNotContain("secret", text);
        Assert.Contains("- GET\n", text);
        Assert.Contains("name: brake\n", text);
        Assert.Contains("protocol: http\n", text);
        Assert.Contains("- ~/redacted/path/", text);
        Assert.Equal(text, plane.Dump(new DumpOptions { Sanitizes = "salt" }));
        Assert.NotEqual(text, plane.Dump(new DumpOptions { Sanitizes = "pepper" }));
        // What is the same stays the same: the host of the service and that of the plugin.
        var host = Host().Matches(text).Select(static match => match.Groups[1].Value).Distinct();
        Assert.Single(host);
    }

    static Stored Credential(ControlPlane plane) =>
        Assert.Single(plane.Current.Table(ControlState.DefaultWorkspace, ControlKinds.BasicAuthCredentials).All);

    [GeneratedRegex(@"^ *id: ", RegexOptions.Multiline)]
    private static partial Regex Id();

    [GeneratedRegex(@"- team$", RegexOptions.Multiline)]
    private static partial Regex TeamTag();

    [GeneratedRegex(@"host: ([0-9a-f]{64})$", RegexOptions.Multiline)]
    private static partial Regex Host();
}
