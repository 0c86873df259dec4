using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>What keeps calls going when providers fail, over real sockets.</summary>
public sealed class LlmResilienceTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task The_next_key_serves_when_one_is_refused_and_the_refused_one_rests()
    {
        List<string> keys = [];
        await using var provider = await AppUpstream.StartAsync(context =>
        {
            var key = context.Request.Headers.Authorization.ToString();
            lock (keys) keys.Add(key);
            if (key != "Bearer sk-bad") return context.Response.WriteAsJsonAsync(new { choices = Array.Empty<object>() });
            context.Response.StatusCode = 401;
            return context.Response.WriteAsJsonAsync(new { error = new { message = "no" } });
        });
        await using var gateway = await TestGateway.StartAsync(Document("", $$"""
                  - auth: {header_name: Authorization}
                    auth_pool: {keys: [{name: bad, header_value: Bearer sk-bad}, {name: good, header_value: Bearer sk-good}]}
                    model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{provider.Address}}"} }
            """));
        for (var i = 0; i < 3; i++)
        {
            using var answer = await AskAsync(gateway, "Hello");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Equal(["Bearer sk-bad", "Bearer sk-good", "Bearer sk-good", "Bearer sk-good"], keys);
        using var status = TestGateway.NewClient(gateway.Status);
        var metrics = await status.GetStringAsync("/metrics");
        Assert.Contains("weir_llm_key_resting{provider=\"openai\",key=\"bad\"} 1", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Log.Lines, static line => line.Text.Contains("sk-bad", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_that_stalls_ends_with_an_error_event()
    {
        await using var gateway = await TestGateway.StartAsync(Document("balancer: {token_timeout: 300}", Mock()));
        using var answer = await AskAsync(gateway, "Hello [mock: tokens=20; stall-after=3]", stream: true);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\"content\":", text, StringComparison.Ordinal);
        Assert.Contains("\"error\":", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"finish_reason\":\"stop\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_keeps_silent_is_made_good_by_another()
    {
        await using var silent = await AppUpstream.StartAsync(static async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(": ping\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        await using var gateway = await TestGateway.StartAsync(Document(
            "balancer: {algorithm: priority, first_token_timeout: 300, failover_criteria: [timeout, non_idempotent]}",
            $$"""
                  - weight: 200
                    model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{silent.Address}}"} }
            {{Mock()}}
            """));
        using var answer = await AskAsync(gateway, "Hello", stream: true);
        Assert.Contains("data: [DONE]", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("2", answer.Headers.GetValues("Weir-LLM-Tries").Single());
    }

    [Theory]
    [InlineData("drain", false, "gone")]
    [InlineData("cancel", true, "gone")]
    public async Task A_client_that_leaves_ends_the_stream_or_has_it_read_to_its_end(string policy, bool isEstimated, string outcome)
    {
        var folder = Directory.CreateTempSubdirectory("weir-ledger").FullName;
        try
        {
            await using (var gateway = await TestGateway.StartAsync(
                Document($"on_client_gone: {policy}", Mock()), settings => settings with { UsageLedger = folder }))
            {
                using (var answer = await AskAsync(gateway, "Hello [mock: tokens=40; chunk-delay-ms=30]", stream: true))
                {
                    await LeaveAsync(await answer.Content.ReadAsStreamAsync());
                }
                await Poll.UntilAsync(() => Task.FromResult(new UsageReader(folder).Read().Any()), "a record");
            }
            var record = Assert.Single(new UsageReader(folder).Read());
            Assert.Equal((isEstimated, outcome), (record.IsEstimated, record.Outcome));
            if (!isEstimated) Assert.Equal(40, record.Tokens.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_copy_is_booked_beside_its_call()
    {
        var folder = Directory.CreateTempSubdirectory("weir-ledger").FullName;
        try
        {
            await using var gateway = await TestGateway.StartAsync(
                Document($"mirror: {{target: {{model: {{provider: anthropic, name: claude, options: {{upstream_url: \"{_mock.Address}\"}} }} }} }}", Mock()),
                settings => settings with { UsageLedger = folder });
            using var answer = await AskAsync(gateway, "Hello", stream: true);
            Assert.Contains("data: [DONE]", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            await Poll.UntilAsync(() => Task.FromResult(new UsageReader(folder).Read().Count() == 2), "two records");
            var records = new UsageReader(folder).Read().ToList();
            Assert.Equal([("openai", false), ("anthropic", true)], records.Select(static record => (record.Provider!, record.IsMirror)));
            Assert.True(records[1].Tokens.Output > 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    string Mock() => $$"""
              - auth: {header_name: Authorization, header_value: Bearer sk-operator}
                model: {provider: openai, name: gpt-4o, options: {upstream_url: "{{_mock.Address}}"} }
        """;

    /// <summary>Leaves in the middle of a stream. A client that only stops reading goes on taking what comes for a while.</summary>
    static async Task LeaveAsync(Stream body)
    {
        using var leave = new CancellationTokenSource();
        var buffer = new byte[16];
        while (true)
        {
            var read = body.ReadAsync(buffer, leave.Token);
            if (!read.IsCompleted) break;
            Assert.True(await read > 0);
        }
        await leave.CancelAsync();
    }

    static Task<HttpResponseMessage> AskAsync(TestGateway gateway, string text, bool stream = false) => gateway.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "gpt-4o", stream, messages = new[] { new { role = "user", content = text } } }),
        },
        HttpCompletionOption.ResponseHeadersRead);

    static string Document(string settings, string targets) => $$"""
        _format_version: "3.0"
        routes:
        - name: models
          paths: [/v1]
          strip_path: false
        plugins:
        - name: ai-proxy-advanced
          config:
            {{settings}}
            targets:
        {{targets}}
        """;
}
