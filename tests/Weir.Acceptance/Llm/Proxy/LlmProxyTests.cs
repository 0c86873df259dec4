using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>Calls to models through the whole gateway, with the mock of all providers behind it.</summary>
public sealed class LlmProxyTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task Goes_on_to_another_provider_when_one_cannot_be_reached()
    {
        using var closed = new ClosedPort();
        await using var gateway = await TestGateway.StartAsync(
            Advanced("algorithm: priority", OpenAi($"http://127.0.0.1:{closed.Number}", 200), Anthropic(100)));
        using var answer = await AskAsync(gateway, "Hello");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("anthropic/claude-sonnet-4-5", Header(answer, "X-Kong-LLM-Model"));
        Assert.Equal("2", Header(answer, "Weir-LLM-Tries"));
        Assert.Contains("You said: Hello", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[error, timeout, http_503, non_idempotent]", 200, "anthropic/claude-sonnet-4-5")]
    [InlineData("[error, timeout, http_503]", 503, "openai/gpt-4o")]
    [InlineData("[error, timeout, http_500, non_idempotent]", 503, "openai/gpt-4o")]
    public async Task Goes_on_after_a_status_only_where_the_configuration_says_so(string criteria, int status, string model)
    {
        await using var broken = await AppUpstream.StartAsync(static context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsJsonAsync(new { error = new { message = "overloaded", type = "server_error" } });
        });
        var balancer = $"algorithm: priority, failover_criteria: {criteria}";
        await using var gateway = await TestGateway.StartAsync(Advanced(balancer, OpenAi(broken.Address, 200), Anthropic(100)));
        using var answer = await AskAsync(gateway, "Hello");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(model, Header(answer, "X-Kong-LLM-Model"));
    }

    [Fact]
    public async Task A_stream_that_fails_before_its_first_content_is_made_good_by_another_target()
    {
        await using var broken = await AppUpstream.StartAsync(static async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {\"error\":{\"message\":\"out of memory\",\"type\":\"server_error\"}}\n\n");
        });
        const string Balancer = "algorithm: priority, failover_criteria: [error, timeout, non_idempotent]";
        await using var gateway = await TestGateway.StartAsync(Advanced(Balancer, OpenAi(broken.Address, 200), Anthropic(100)));
        using var answer = await AskAsync(gateway, "Hello", stream: true);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("out of memory", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal("2", Header(answer, "Weir-LLM-Tries"));
    }

    [Theory]
    [InlineData("openai", "\"error\"")]
    [InlineData("anthropic", "\"error\"")]
    public async Task A_stream_that_breaks_in_the_middle_ends_with_an_error_of_the_clients_dialect(string provider, string expected)
    {
        await using var gateway = await TestGateway.StartAsync(Advanced("", provider == "openai" ? OpenAi(_mock.Address, 100) : Anthropic(100)));
        using var answer = await AskAsync(gateway, "Hello [mock: tokens=20; close-after=3]", stream: true);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("\"content\":", text, StringComparison.Ordinal);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"finish_reason\":\"stop\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clients_key_never_reaches_a_provider()
    {
        IHeaderDictionary? seen = null;
        await using var provider = await AppUpstream.StartAsync(context =>
        {
            seen = new HeaderDictionary(context.Request.Headers.ToDictionary());
            return context.Response.WriteAsJsonAsync(new { choices = Array.Empty<object>() });
        });
        await using var gateway = await TestGateway.StartAsync(Advanced("", OpenAi(provider.Address, 100)));
        using var request = Request("Hello", stream: false);
        foreach (var name in new[] { "x-api-key", "api-key", "x-goog-api-key", "apikey", "Cookie", "X-My-Own-Key", "OpenAI-Organization" })
            request.Headers.TryAddWithoutValidation(name, "sk-client");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer sk-client");
        request.Headers.TryAddWithoutValidation("OpenAI-Beta", "assistants=v2");
        using var answer = await gateway.Client.SendAsync(request);
        Assert.DoesNotContain(seen!, static header => header.Value.ToString().Contains("sk-client", StringComparison.Ordinal));
        Assert.Equal("Bearer sk-operator", seen!.Authorization);
        Assert.Equal("assistants=v2", seen["OpenAI-Beta"]);
    }

    [Fact]
    public async Task Usage_that_the_client_did_not_ask_for_is_read_and_not_shown()
    {
        var folder = Directory.CreateTempSubdirectory("weir-ledger").FullName;
        try
        {
            await using var gateway = await TestGateway.StartAsync(
                Advanced("", OpenAi(_mock.Address, 100)), settings => settings with { UsageLedger = folder });
            using var answer = await AskAsync(gateway, "Hello", stream: true);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("usage", text, StringComparison.Ordinal);
            // What the client has seen to its end is in the ledger by then.
            var record = Assert.Single(new UsageReader(folder).Read());
            Assert.Equal((2, 4, "ok"), (record.Tokens.Input, record.Tokens.Output, record.Outcome));
            Assert.Equal(45_000, record.CostTotal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Tokens_beyond_a_limit_are_refused_in_the_clients_dialect()
    {
        const string Limit = """
            - name: ai-rate-limiting-advanced
              config:
                policies: [{limits: [{limit: 5, window_size: 3600}]}]

            """;
        await using var gateway = await TestGateway.StartAsync(Advanced("", OpenAi(_mock.Address, 100)) + Limit);
        using var first = await AskAsync(gateway, "Hello");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        // A call is charged when its exchange is over, which its client may learn a moment earlier.
        await Poll.UntilAsync(async () => (await AskAsync(gateway, "Hello")).StatusCode == HttpStatusCode.TooManyRequests, "a refusal");
        using var second = await AskAsync(gateway, "Hello");
        Assert.NotNull(second.Headers.RetryAfter);
        var error = JsonNode.Parse(await second.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal("AI token rate limit exceeded for provider(s): policy-1", (string?)error["message"]);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o"}""", "messages")]
    [InlineData("""{"model":"gpt-4o","messages":"x","temperature":"hot"}""", "temperature")]
    [InlineData("""[]""", "JSON object")]
    [InlineData("""{""", "not valid JSON")]
    [InlineData("""{"model":"gpt-9","messages":[{"role":"user","content":"x"}]}""", "must be: gpt-4o")]
    public async Task Bad_requests_are_answered_in_the_clients_dialect(string body, string expected)
    {
        await using var gateway = await TestGateway.StartAsync(Advanced("", Anthropic(100)));
        using var answer = await gateway.Client.PostAsync("/v1/chat/completions", new StringContent(body, null, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(expected, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["message"], StringComparison.Ordinal);
    }

    static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    static Task<HttpResponseMessage> AskAsync(TestGateway gateway, string text, bool stream = false) => gateway.Client.SendAsync(Request(text, stream));

    static HttpRequestMessage Request(string text, bool stream) => new(HttpMethod.Post, "/v1/chat/completions")
    {
        Content = JsonContent.Create(new { model = "gpt-4o", stream, messages = new[] { new { role = "user", content = text } } }),
    };

    static string Advanced(string balancer, params string[] targets) => $$"""
        _format_version: "3.0"
        routes:
        - name: models
          paths: [/v1]
          strip_path: false
        plugins:
        - name: ai-proxy-advanced
          config:
            balancer: { {{balancer}} }
            targets:
        {{string.Join('\n', targets)}}

        """;

    static string OpenAi(string url, int weight) => $$"""
              - weight: {{weight}}
                auth: {header_name: Authorization, header_value: Bearer sk-operator}
                model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{url}}", input_cost: 2.5, output_cost: 10} }
        """;

    string Anthropic(int weight) => $$"""
              - weight: {{weight}}
                auth: {header_name: x-api-key, header_value: sk-operator}
                model: {provider: anthropic, name: claude-sonnet-4-5, model_alias: gpt-4o, options: {upstream_url: "{{_mock.Address}}"} }
        """;
}
