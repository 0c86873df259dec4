namespace Weir.Control.Tests;

public sealed class GuardrailTests
{
    [Theory]
    [InlineData("""{"name":"g","reason":"r","owner":"o"}""", "at least one of these fields must be non-empty")]
    [InlineData("""{"name":"g","owner":"o","forbid_plugins":["brake"]}""", "reason: required field missing")]
    [InlineData("""{"name":"g","reason":"r","owner":"o","forbid_plugins":["brakes"]}""", "there is no plugin 'brakes'; did you mean 'brake'?")]
    [InlineData("""{"name":"g","reason":"r","owner":"o","platform_kinds":["workspaces"]}""", "platform_kinds[0]: there is no kind of entity of this name")]
    [InlineData("""{"name":"g","reason":"r","owner":"o","bounds":[{"kind":"services","field":"retries"}]}""", "'min', 'max'")]
    [InlineData("""{"name":"g","reason":"r","owner":"o","bounds":[{"kind":"services","field":"retries","min":3,"max":2}]}""", "must not be smaller than min")]
    [InlineData("""{"name":"g","reason":"r","owner":"o","names":[{"kind":"services","pattern":"("}]}""", "names[0].pattern")]
    [InlineData("""{"name":"g","reason":"r","owner":"o","paths":["x"]}""", "paths[0]: should start with: /")]
    public async Task Refuses_a_guardrail_that_says_nothing_or_cannot_be_met(string guardrail, string message)
    {
        await using var plane = await Planes.OpenAsync();
        Assert.Contains(message, Assert.Single((await SetAsync(plane, ControlKinds.Guardrails, guardrail)).Refusals).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"forbid_plugins":["brake"]}""", "plugins", """{"name":"brake"}""", "the plugin 'brake' may not be used")]
    [InlineData("""{"allow_plugins":["cork"]}""", "plugins", """{"name":"brake"}""", "the plugin 'brake' is not among those allowed: cork")]
    [InlineData("""{"platform_kinds":["vaults"]}""", "vaults", """{"name":"env","prefix":"my-env"}""", "vaults are changed by the platform only")]
    [InlineData("""{"platform_fields":[{"kind":"services","field":"retries"}]}""", "services", """{"host":"h","retries":9}""",
        "retries is set by the platform only")]
    [InlineData("""{"platform_fields":[{"kind":"plugins","plugin":"brake","field":"config.ms"}]}""", "plugins", """{"name":"brake","config":{"ms":9}}""",
        "config.ms is set by the platform only")]
    [InlineData("""{"bounds":[{"kind":"services","field":"retries","max":3}]}""", "services", """{"host":"h"}""", "retries is 5; 3 or less is allowed")]
    [InlineData("""{"bounds":[{"kind":"plugins","plugin":"brake","field":"config.ms","min":20,"max":50}]}""", "plugins", """{"name":"brake"}""",
        "config.ms is 10; 20 to 50 is allowed")]
    [InlineData("""{"names":[{"kind":"services","pattern":"[a-z]+"}]}""", "services", """{"name":"a1","host":"h"}""", "the name 'a1' does not match [a-z]+")]
    [InlineData("""{"require_tags":[{"kind":"services","tag":"owner:*"}]}""", "services", """{"host":"h","tags":["own:x"]}""", "a tag owner:* is missing")]
    [InlineData("""{"hosts":["*.a.example"]}""", "routes", """{"hosts":["b.example"]}""", "the host 'b.example' is none of this workspace")]
    [InlineData("""{"hosts":["*.a.example"]}""", "routes", """{"paths":["/"]}""", "a route has to name its hosts")]
    [InlineData("""{"paths":["/a/"]}""", "routes", """{"paths":["/ab"]}""", "the path '/ab' does not begin with /a/")]
    [InlineData("""{"paths":["/a"]}""", "routes", """{"paths":["~/a|/b"]}""", "does not begin with /a")]
    [InlineData("""{"paths":["/a"]}""", "routes", """{"paths":["~/a.b"]}""", "does not begin with /a")]
    [InlineData("""{"require_plugin":{"name":"brake"}}""", "routes", """{"name":"r","paths":["/"]}""", "every route needs the plugin 'brake'")]
    public async Task Refuses_what_a_rule_does_not_allow_and_says_whom_to_ask(string rule, string kind, string entity, string message)
    {
        await using var plane = await OpenAsync(rule);
        var refusal = Assert.Single((await InTeamAsync(plane, kind, entity)).Refusals);
        Assert.Equal((403, "guardrail violation"), (refusal.Status, refusal.Name));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("(guardrail 'rule': safety first. Ask platform@example.org)", refusal.Message, StringComparison.Ordinal);
        // The platform's own workspace is its own business.
        Assert.True((await plane.InsertAsync(ControlKinds.Named(kind)!, entity)).Ok);
    }

    [Theory]
    [InlineData("""{"allow_plugins":["brake"]}""", "plugins", """{"name":"brake"}""")]
    [InlineData("""{"platform_fields":[{"kind":"services","field":"retries"}]}""", "services", """{"host":"h","retries":5}""")]
    [InlineData("""{"platform_fields":[{"kind":"plugins","plugin":"brake","field":"config.ms"}]}""", "plugins", """{"name":"brake"}""")]
    [InlineData("""{"hosts":["*.a.example"]}""", "routes", """{"hosts":["x.a.example","*.b.a.example:8080"]}""")]
    [InlineData("""{"paths":["/a"]}""", "routes", """{"paths":["/a","/a/b","~/a/(?<id>[0-9]+)$"]}""")]
    [InlineData("""{"names":[{"kind":"services","pattern":"[a-z]+"}]}""", "services", """{"name":"abc","host":"h"}""")]
    [InlineData("""{"require_tags":[{"kind":"services","tag":"owner:*"}]}""", "services", """{"host":"h","tags":["owner:x"]}""")]
    [InlineData("""{"enabled":false,"forbid_plugins":["brake"]}""", "plugins", """{"name":"brake"}""")]
    [InlineData("""{"workspaces":["other-*"],"forbid_plugins":["brake"]}""", "plugins", """{"name":"brake"}""")]
    public async Task Lets_through_what_the_rules_allow(string rule, string kind, string entity)
    {
        await using var plane = await OpenAsync(rule);
        Assert.Empty((await InTeamAsync(plane, kind, entity)).Refusals);
    }

    [Theory]
    [InlineData("""{"name":"brake","config":{"ms":50}}""", true)]
    [InlineData("""{"name":"brake","config":{"ms":51}}""", false)]
    [InlineData("""{"name":"brake","enabled":false,"config":{"ms":50}}""", false)]
    public async Task A_required_plugin_has_the_settings_that_it_must_have(string plugin, bool isEnough)
    {
        await using var plane = await OpenAsync("""{"require_plugin":{"name":"brake","config":{"ms":50}}}""");
        await InTeamAsync(plane, "plugins", plugin);
        Assert.Equal(isEnough, (await InTeamAsync(plane, "routes", """{"paths":["/"]}""")).Ok);
    }

    [Fact]
    public async Task A_required_plugin_cannot_be_taken_from_under_a_route()
    {
        await using var plane = await OpenAsync("""{"require_plugin":{"name":"brake"}}""");
        await InTeamAsync(plane, "plugins", """{"name":"brake"}""");
        await InTeamAsync(plane, "routes", """{"name":"r","paths":["/"]}""");
        var team = plane.Current.Workspace("team")!.Id;
        var plugin = plane.Current.Table(team, ControlKinds.Plugins).All.Single().Id.ToString();
        var refused = await plane.ChangeAsync(draft => draft.Delete(team, ControlKinds.Plugins, plugin));
        Assert.StartsWith("route 'r': every route needs the plugin 'brake'", Assert.Single(refused.Refusals).Message, StringComparison.Ordinal);
        var both = await plane.ChangeAsync(draft => draft.Delete(team, ControlKinds.Routes, "r") ?? draft.Delete(team, ControlKinds.Plugins, plugin));
        Assert.True(both.Ok);
    }

    [Fact]
    public async Task What_broke_a_rule_before_it_was_there_stays_until_it_is_touched()
    {
        await using var plane = await OpenAsync(null);
        await InTeamAsync(plane, "routes", """{"name":"old","paths":["/old"]}""");
        await SetRuleAsync(plane, """{"require_plugin":{"name":"brake"}}""");
        Assert.True((await InTeamAsync(plane, "services", """{"name":"s","host":"h"}""")).Ok);
        var team = plane.Current.Workspace("team")!.Id;
        var touched = await plane.ChangeAsync(draft => draft.Patch(team, ControlKinds.Routes, "old", Planes.Body("""{"paths":["/new"]}"""), out _));
        Assert.Equal(403, Assert.Single(touched.Refusals).Status);
    }

    [Fact]
    public async Task Hosts_of_one_workspace_are_closed_to_others()
    {
        await using var plane = await OpenAsync("""{"workspaces":["owner"],"hosts":["*.a.example"]}""");
        var refusal = Assert.Single((await InTeamAsync(plane, "routes", """{"hosts":["x.a.example"]}""")).Refusals);
        Assert.Contains("the host 'x.a.example' belongs to owner", refusal.Message, StringComparison.Ordinal);
        Assert.True((await InTeamAsync(plane, "routes", """{"hosts":["b.example"]}""")).Ok);
    }

    [Fact]
    public async Task An_exception_holds_until_its_day()
    {
        var time = new ManualTime(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));
        await using var plane = await OpenAsync("""{"forbid_plugins":["brake"]}""", time);
        const string exception = """
            {"guardrail":{"name":"rule"},"workspace":"team","until":"2026-11-30","granted_by":"anna","reason":"migration"}
            """;
        Assert.Empty((await SetAsync(plane, ControlKinds.GuardrailExceptions, exception)).Refusals);
        Assert.True((await InTeamAsync(plane, "plugins", """{"name":"brake","instance_name":"a"}""")).Ok);
        time.Advance(TimeSpan.FromDays(11));
        var team = plane.Current.Workspace("team")!.Id;
        var id = plane.Current.Table(team, ControlKinds.Plugins).All.Single().Id.ToString();
        Assert.False((await plane.ChangeAsync(draft =>
            draft.Patch(team, ControlKinds.Plugins, id, Planes.Body("""{"instance_name":"b"}"""), out _))).Ok);
        Assert.Equal("until: expected a day or a time: 2027-01-31 or 2027-01-31T12:00:00Z", Assert.Single((await SetAsync(
            plane, ControlKinds.GuardrailExceptions, exception.Replace("2026-11-30", "soon", StringComparison.Ordinal))).Refusals).Message
            .Replace("schema violation (", "", StringComparison.Ordinal).TrimEnd(')'));
    }

    static async Task<ControlPlane> OpenAsync(string? rule, TimeProvider? time = null)
    {
        var plane = await Planes.OpenAsync(time: time);
        Assert.Empty((await SetAsync(plane, ControlKinds.Workspaces, """{"name":"team"}""")).Refusals);
        if (rule is not null) await SetRuleAsync(plane, rule);
        return plane;
    }

    static async Task SetRuleAsync(ControlPlane plane, string rule)
    {
        var body = """{"name":"rule","reason":"safety first","owner":"platform@example.org",""" + rule[1..];
        Assert.Empty((await SetAsync(plane, ControlKinds.Guardrails, body)).Refusals);
    }

    static Task<Commit> SetAsync(ControlPlane plane, ControlKind kind, string json) =>
        plane.ChangeAsync(draft => draft.Insert(ControlState.Root, kind, Planes.Body(json), out _));

    static Task<Commit> InTeamAsync(ControlPlane plane, string kind, string json) =>
        plane.ChangeAsync(draft => draft.Insert(draft.State.Workspace("team")!.Id, ControlKinds.Named(kind)!, Planes.Body(json), out _));
}
