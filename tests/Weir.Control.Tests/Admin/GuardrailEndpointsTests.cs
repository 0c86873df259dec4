using System.Text.Json;

namespace Weir.Control.Tests;

public sealed class GuardrailEndpointsTests
{
    const string Rule = """
        {"name":"no-brakes","reason":"they squeal","owner":"ops","forbid_plugins":["brake"],
        "bounds":[{"kind":"services","field":"retries","max":3}]}
        """;

    [Fact]
    public async Task The_guardrails_to_begin_with_are_shown_and_set_in_one_transaction()
    {
        await using var admin = await AdminHarness.OpenAsync();
        var shown = (await admin.GetAsync("/default-guardrails?owner=ops")).Json.GetProperty("data").EnumerateArray().ToList();
        Assert.Contains(shown, static guardrail => guardrail.GetProperty("name").GetString() == "platform-tls");
        Assert.All(shown, static guardrail => Assert.Equal("ops", guardrail.GetProperty("owner").GetString()));
        Assert.All(shown, static guardrail => Assert.NotEmpty(guardrail.GetProperty("reason").GetString()!));

        var dry = await admin.SendAsync("POST", "/default-guardrails?owner=ops&dry_run=1");
        Assert.Equal((200, shown.Count), (dry.Status, dry.Json.GetProperty("changed").GetArrayLength()));
        Assert.Empty(await DataAsync(admin, "/guardrails"));

        Assert.Equal(200, (await admin.SendAsync("POST", "/default-guardrails?owner=ops")).Status);
        Assert.Equal(shown.Count, (await DataAsync(admin, "/guardrails")).Count);
        Assert.Equal(0, (await admin.SendAsync("POST", "/default-guardrails?owner=ops")).Json.GetProperty("changed").GetArrayLength());
    }

    [Fact]
    public async Task Setting_them_again_leaves_what_the_platform_has_chosen()
    {
        await using var admin = await AdminHarness.OpenAsync();
        await admin.SendAsync("POST", "/default-guardrails");
        await admin.SendAsync("PATCH", "/guardrails/platform-tls", """{"enabled":false,"workspaces":["team-*"],"reason":"mine"}""");
        await admin.SendAsync("POST", "/default-guardrails");
        var tls = (await admin.GetAsync("/guardrails/platform-tls")).Json;
        Assert.False(tls.GetProperty("enabled").GetBoolean());
        Assert.Equal("team-*", tls.GetProperty("workspaces")[0].GetString());
        Assert.NotEqual("mine", tls.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task What_was_there_before_a_rule_is_a_violation_of_it()
    {
        await using var admin = await OpenAsync();
        await admin.SendAsync("POST", "/guardrails", Rule);
        var all = await DataAsync(admin, "/violations");
        Assert.Equal(["one: brake forbid_plugins", "one: old bounds", "two: brake forbid_plugins"], all.Select(Said).Order(StringComparer.Ordinal));
        var first = all.First(static violation => violation.GetProperty("rule").GetString() == "bounds");
        Assert.Equal(
            ("no-brakes", "they squeal", "ops", "retries is 5; 3 or less is allowed"),
            (Text(first, "guardrail"), Text(first, "reason"), Text(first, "owner"), Text(first, "problem")));
        Assert.Equal(["two: brake forbid_plugins"], (await DataAsync(admin, "/two/violations")).Select(Said));
        Assert.Equal(["one: old bounds"], (await DataAsync(admin, "/violations?rule=bounds")).Select(Said));
        Assert.Empty(await DataAsync(admin, "/violations?guardrail=another"));
        var cut = (await admin.GetAsync("/violations?size=1")).Json;
        Assert.Equal((1, 3), (cut.GetProperty("data").GetArrayLength(), cut.GetProperty("total").GetInt32()));
        Assert.Equal(400, (await admin.GetAsync("/violations?size=none")).Status);
    }

    [Fact]
    public async Task What_has_leave_is_none_and_a_route_without_what_it_needs_is_one()
    {
        await using var admin = await OpenAsync();
        await admin.SendAsync("POST", "/guardrails", Rule);
        const string leave = """{"workspace":"one","until":"2999-01-01","granted_by":"anna","reason":"migration"}""";
        Assert.Equal(201, (await admin.SendAsync("POST", "/guardrails/no-brakes/exceptions", leave)).Status);
        Assert.Equal(["two: brake forbid_plugins"], (await DataAsync(admin, "/violations")).Select(Said));

        await admin.SendAsync("POST", "/two/routes", """{"name":"r","paths":["/r"]}""");
        await admin.SendAsync("POST", "/guardrails", """{"name":"corks","reason":"x","owner":"y","require_plugin":{"name":"cork"}}""");
        Assert.Equal(["two: r require_plugin"], (await DataAsync(admin, "/violations?guardrail=corks")).Select(Said));
    }

    static async Task<AdminHarness> OpenAsync()
    {
        var admin = await AdminHarness.OpenAsync();
        foreach (var team in (string[])["one", "two"])
        {
            await admin.SendAsync("POST", "/workspaces", $$"""{"name":"{{team}}"}""");
            await admin.SendAsync("POST", $"/{team}/plugins", """{"name":"brake"}""");
        }
        await admin.SendAsync("POST", "/one/services", """{"name":"old","host":"h"}""");
        return admin;
    }

    static async Task<List<JsonElement>> DataAsync(AdminHarness admin, string path)
    {
        var answer = await admin.GetAsync(path);
        Assert.Equal(200, answer.Status);
        return [.. answer.Json.GetProperty("data").EnumerateArray()];
    }

    static string Said(JsonElement violation)
    {
        var entity = violation.GetProperty("entity");
        var name = Text(entity, "name") is { Length: > 0 } own ? own : "brake";
        return $"{Text(violation, "workspace")}: {(Text(entity, "kind") == "plugins" ? "brake" : name)} {Text(violation, "rule")}";
    }

    static string Text(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
}
