using System.Net;
using System.Net.Http.Json;
using Weir.Identity;
using Weir.Server;

namespace Weir.Acceptance;

/// <summary>Budgets of the levels that virtual keys name, one above the other.</summary>
public sealed class KeyBudgetTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);
    readonly Dictionary<string, string> _keys = new[] { "red-1", "red-2", "blue", "solo", "agent" }
        .ToDictionary(static name => name, static _ => VirtualKeyText.New());

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task A_call_takes_from_every_level_above_it_and_from_none_when_one_of_them_refuses()
    {
        await using var gateway = await TestGateway.StartAsync(Document());
        Assert.Null(await RefusedByAsync(gateway, "red-1"));
        Assert.Null(await RefusedByAsync(gateway, "red-2"));
        Assert.Equal("team", await RefusedByAsync(gateway, "red-2"));
        Assert.Equal("team", await RefusedByAsync(gateway, "red-1"));
        // What the team refused took nothing of the organisation.
        Assert.Equal(0.5, await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="organisation",value="acme"}"""));
        Assert.Null(await RefusedByAsync(gateway, "blue"));
        Assert.Equal(0.75, await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="organisation",value="acme"}"""));
        Assert.Equal(0.5, await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="team",value="blue"}"""));
    }

    [Fact]
    public async Task A_key_has_the_budgets_that_it_names()
    {
        await using var gateway = await TestGateway.StartAsync(Document());
        Assert.Null(await RefusedByAsync(gateway, "solo"));
        Assert.Equal("plan", await RefusedByAsync(gateway, "solo"));
        // The plan is nobody else's.
        Assert.Null(await RefusedByAsync(gateway, "agent"));
    }

    [Fact]
    public async Task Each_session_of_a_key_has_a_budget_of_its_own()
    {
        await using var gateway = await TestGateway.StartAsync(Document());
        Assert.Null(await RefusedByAsync(gateway, "agent", "a"));
        Assert.Equal("session", await RefusedByAsync(gateway, "agent", "a"));
        Assert.Null(await RefusedByAsync(gateway, "agent", "b"));
    }

    /// <summary>Name of the budget that refuses a call; null when it is made.</summary>
    async Task<string?> RefusedByAsync(TestGateway gateway, string key, string? session = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "gpt", max_tokens = 10, messages = new[] { new { role = "user", content = "Hello" } } }),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _keys[key]);
        if (session is not null) request.Headers.Add("X-Session", session);
        using var answer = await gateway.Client.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.OK) return null;
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        return (await BudgetRig.ErrorAsync(answer)).Split('\'')[1];
    }

    string Document() => $$"""
        _format_version: "3.0"
        budgets:
        - {name: organisation, applies_to: organisation, counts: requests, limit: '4', window_type: lifetime}
        - {name: team, applies_to: team, counts: requests, limit: '2', window_type: lifetime}
        - {name: session, applies_to: session, counts: requests, limit: '1', window_type: lifetime}
        - {name: plan, applies_to: key, assigned_only: true, counts: requests, limit: '1', window_type: lifetime}
        model_providers:
        - {name: main, type: openai, config: {upstream_url: "{{_mock.Address}}", auth: {headers: [{name: Authorization, value: Bearer of-the-gateway}]} } }
        models:
        - {name: gpt, formats: [{type: openai}], targets: [{name: gpt-4o, provider: main}], access: {virtual_keys: true} }
        virtual_keys:
        - {name: red-1, hash: "{{Hash("red-1")}}", organisation: acme, team: red}
        - {name: red-2, hash: "{{Hash("red-2")}}", organisation: acme, team: red}
        - {name: blue, hash: "{{Hash("blue")}}", organisation: acme, team: blue}
        - {name: solo, hash: "{{Hash("solo")}}", budgets: [plan]}
        - {name: agent, hash: "{{Hash("agent")}}", session_header: X-Session}
        """;

    string Hash(string name) => SecretDigest.Of(_keys[name]).ToString();
}
