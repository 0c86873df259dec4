namespace Weir.Control.Tests;

/// <summary>The guardrails to begin with, each against a change that offends it and one that is a team's own.</summary>
public sealed class DefaultGuardrailTests
{
    [Theory]
    [InlineData("key_sets", """{"name":"k"}""", "platform-tls", "key_sets are changed by the platform only")]
    [InlineData("services", """{"host":"h","protocol":"https","tls_verify":false}""", "platform-tls", "tls_verify is set by the platform only")]
    [InlineData("vaults", """{"name":"env","prefix":"my-env"}""", "platform-secrets", "vaults are changed by the platform only")]
    [InlineData("services", """{"host":"h","retries":11}""", "platform-bounds", "retries is 11; 10 or less is allowed")]
    [InlineData("services", """{"host":"h","read_timeout":700000}""", "platform-bounds", "read_timeout is 700000; 600000 or less is allowed")]
    public async Task Refuses_what_the_platform_owns_with_reason_and_owner(string kind, string entity, string guardrail, string problem)
    {
        await using var plane = await OpenAsync();
        var refusal = Assert.Single((await InTeamAsync(plane, kind, entity)).Refusals);
        Assert.Equal(Refusal.GuardrailCode, refusal.Code);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"(guardrail '{guardrail}': ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("Ask ops@example.org)", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("routes", """{"name":"r","paths":["/r"],"protocols":["https"],"methods":["GET"],"headers":{"x-canary":["1"]}}""")]
    [InlineData("services", """{"name":"s","host":"h","retries":2,"connect_timeout":1000,"read_timeout":2000}""")]
    [InlineData("upstreams", """{"name":"u","algorithm":"least-connections","healthchecks":{"passive":{"unhealthy":{"http_failures":3}}}}""")]
    [InlineData("plugins", """{"name":"brake"}""")]
    [InlineData("consumers", """{"username":"ann"}""")]
    public async Task Leaves_teams_what_is_theirs(string kind, string entity)
    {
        await using var plane = await OpenAsync();
        Assert.Empty((await InTeamAsync(plane, kind, entity)).Refusals);
    }

    static async Task<ControlPlane> OpenAsync()
    {
        var plane = await Planes.OpenAsync();
        foreach (var guardrail in DefaultGuardrails.Of(plane.Parts.Read, "ops@example.org"))
        {
            var body = Planes.Body(guardrail.ToJsonString());
            Assert.Empty((await plane.ChangeAsync(draft => draft.Insert(ControlState.Root, ControlKinds.Guardrails, body, out _))).Refusals);
        }
        await plane.ChangeAsync(static draft => draft.Insert(ControlState.Root, ControlKinds.Workspaces, Planes.Body("""{"name":"team"}"""), out _));
        return plane;
    }

    static Task<Commit> InTeamAsync(ControlPlane plane, string kind, string entity)
    {
        var team = plane.Current.Workspace("team")!.Id;
        return plane.ChangeAsync(draft => draft.Insert(team, ControlKinds.Named(kind)!, Planes.Body(entity), out _));
    }
}
