using System.Net;

namespace Weir.Acceptance;

/// <summary>Workspaces on one gateway: the same names, and nothing of each other.</summary>
public sealed class WorkspaceTests
{
    [Fact]
    public async Task Each_has_its_own_names_consumers_and_plugins()
    {
        await using var gateway = await TestGateway.StartAsync(Team("one", "one-key"));
        await gateway.ApplyAsync(Team("one", "one-key"), ("two", Team("two", "two-key")), ("three", Bare("three")));

        Assert.Equal((HttpStatusCode.OK, "one"), await GetAsync(gateway, "/one", "one-key"));
        Assert.Equal((HttpStatusCode.OK, "two"), await GetAsync(gateway, "/two", "two-key"));
        Assert.Equal((HttpStatusCode.OK, "three"), await GetAsync(gateway, "/three", null));
        // A key is worth something in its own workspace only.
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(gateway, "/one", "two-key")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(gateway, "/two", "one-key")).Status);
    }

    [Fact]
    public async Task A_workspace_that_goes_takes_its_routes_along()
    {
        await using var gateway = await TestGateway.StartAsync(Bare("one"));
        await gateway.ApplyAsync(Bare("one"), ("two", Bare("two")));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(gateway, "/two", null)).Status);
        await gateway.ApplyAsync(Bare("one"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(gateway, "/two", null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(gateway, "/one", null)).Status);
    }

    static async Task<(HttpStatusCode Status, string Body)> GetAsync(TestGateway gateway, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.Add("apikey", key);
        using var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : "");
    }

    /// <summary>A route behind a key; the plugin that asks for it is global in its workspace.</summary>
    static string Team(string name, string key) => $$"""
        {{Bare(name)}}
        consumers:
        - username: anna
          keyauth_credentials:
          - key: {{key}}
        """.Replace("plugins:", "plugins:\n- name: key-auth", StringComparison.Ordinal);

    static string Bare(string name) => $$"""
        _format_version: "3.0"
        services:
        - name: app
          url: http://127.0.0.1:9
          routes:
          - name: app
            paths: [/{{name}}]
        plugins:
        - name: request-termination
          config:
            status_code: 200
            content_type: text/plain
            body: {{name}}
        """;
}
