using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Weir.Server.Tests;

/// <summary>The guardrails to begin with, over all plugins that there are.</summary>
public sealed class GuardrailCommandTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prints_the_guardrails_as_a_document()
    {
        await using var server = await ControlServer.StartAsync();
        var ran = await server.RunAsync("guardrails", "default", "--owner", "ops", "--json-output");
        Assert.Equal(0, ran.Code);
        var names = JsonNode.Parse(ran.Output)!["guardrails"]!.AsArray().Select(static guardrail => guardrail!["name"]!.ToString());
        Assert.Equal(
        [
            "platform-tls", "platform-secrets", "platform-network-rules", "platform-logs-and-traces", "platform-authentication",
            "platform-authentication-required", "platform-bounds",
        ], names);
        Assert.Contains("name: platform-tls", (await server.RunAsync("guardrails", "default")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"http-log","config":{"http_endpoint":"http://logs.example"}}""", "platform-logs-and-traces")]
    [InlineData("""{"name":"prometheus"}""", "platform-logs-and-traces")]
    [InlineData("""{"name":"ip-restriction","config":{"allow":["10.0.0.0/8"]}}""", "platform-network-rules")]
    [InlineData("""{"name":"key-auth","config":{"anonymous":"guest"}}""", "platform-authentication")]
    [InlineData("""{"name":"key-auth"}""", null)]
    [InlineData("""{"name":"request-transformer","config":{"add":{"headers":["x-flag:on"]}}}""", null)]
    [InlineData("""{"name":"rate-limiting","config":{"minute":5,"policy":"local"}}""", null)]
    public async Task Holds_plugins_of_a_team_against_them(string plugin, string? guardrail)
    {
        await using var server = await ControlServer.StartAsync();
        Assert.Equal(0, (await server.RunAsync("guardrails", "default", "--set", "--owner", "ops")).Code);
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(server.Address) };
        await http.PostAsJsonAsync("/workspaces", new { name = "team" }, Cancel);
        using var body = new StringContent(plugin, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/team/plugins", body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == (guardrail is null ? HttpStatusCode.Created : HttpStatusCode.Forbidden), text);
        if (guardrail is not null) Assert.Contains($"(guardrail '{guardrail}': ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_what_was_there_before_the_rules()
    {
        await using var server = await ControlServer.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(server.Address) };
        await http.PostAsJsonAsync("/workspaces", new { name = "team" }, Cancel);
        await http.PostAsJsonAsync("/team/services", new { name = "s", host = "h", retries = 12 }, Cancel);
        Assert.Equal((0, "nothing breaks a guardrail\n"), Seen(await server.RunAsync("gateway", "violations", "--non-zero-exit-code")));
        await server.RunAsync("guardrails", "default", "--set", "--owner", "ops");
        const string expected = "team  services 's': retries is 12; 10 or less is allowed "
            + "(guardrail 'platform-bounds': retries and time limits are the team's to choose, within what the gateway can bear for all. Ask ops)\n";
        Assert.Equal((2, expected), Seen(await server.RunAsync("gateway", "violations", "--non-zero-exit-code")));
        Assert.Equal((0, expected), Seen(await server.RunAsync("gateway", "violations", "--workspace", "team")));
        Assert.Equal((0, "nothing breaks a guardrail\n"), Seen(await server.RunAsync("gateway", "violations", "--workspace", "default")));
    }

    static (int Code, string Output) Seen(ControlServer.Ran ran) => (ran.Code, ran.Output);
}
