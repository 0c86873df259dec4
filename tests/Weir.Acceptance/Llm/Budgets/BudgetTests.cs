using System.Net;
using System.Text.Json.Nodes;
using Weir.Server;
using Weir.Telemetry;

namespace Weir.Acceptance;

/// <summary>Budgets through the whole gateway, from the document to the wire, with the mock of all providers behind it.</summary>
public sealed class BudgetTests : IAsyncLifetime
{
    readonly MockServer _mock = new("127.0.0.1:0", TimeProvider.System);

    public async ValueTask InitializeAsync() => await _mock.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    [Fact]
    public async Task A_call_that_may_cost_more_than_is_left_is_refused_in_the_clients_dialect()
    {
        // An answer of 100 tokens costs $0.001.
        await using var gateway = await StartAsync("{name: all, applies_to: everyone, limit: '0.0015'}");
        using var first = await BudgetRig.ChatAsync(gateway.Client, "Hello [mock: tokens=100]", maxTokens: 100);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("all", BudgetRig.Header(first, "Weir-Budget"));
        var cost = decimal.Parse(BudgetRig.Header(first, "Weir-LLM-Cost")!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(0.0015m - cost, BudgetRig.Remaining(first));
        using var second = await BudgetRig.ChatAsync(gateway.Client, "Hello", maxTokens: 100);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.True(second.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.StartsWith("the budget 'all' is used up until ", await BudgetRig.ErrorAsync(second), StringComparison.Ordinal);
        Assert.Equal(1, await BudgetRig.MetricAsync(gateway, """weir_budget_refusals_total{budget="all",reason="exhausted"}"""));
    }

    [Theory]
    [InlineData("/v1/messages", """{"model":"claude","max_tokens":100,"messages":[{"role":"user","content":"x"}]}""", "$.type", "error")]
    [InlineData("/v1/responses", """{"model":"gpt-4o","max_output_tokens":100,"input":"x"}""", "$.error.message", "the request may use more")]
    [InlineData("/v1beta/models/gemini:generateContent",
        """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":100}}""", "$.error.status", "RESOURCE_EXHAUSTED")]
    public async Task A_refusal_has_the_form_of_each_dialect(string path, string body, string field, string expected)
    {
        await using var gateway = await StartAsync("{name: tiny, applies_to: everyone, limit: '0.0001', error_code: 429}");
        using var answer = await BudgetRig.SendAsync(gateway.Client, path, JsonNode.Parse(body)!.AsObject());
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("'tiny'", text, StringComparison.Ordinal);
        var found = field[2..].Split('.').Aggregate(JsonNode.Parse(text), static (node, name) => node![name]);
        Assert.StartsWith(expected, (string)found!, StringComparison.Ordinal);
        // It would not fit into the empty budget either.
        Assert.Null(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Each_consumer_has_a_budget_of_its_own_and_all_share_another()
    {
        await using var gateway = await StartAsync(
            "{name: each, applies_to: consumer, values: [ann, bob], counts: requests, limit: '2', window_type: lifetime}",
            "{name: gold, applies_to: consumer_group, counts: requests, limit: '100', window_type: lifetime}",
            "{name: both, applies_to: consumer, values: [a-1, bob], shared: true, counts: requests, limit: '3', window_type: lifetime, error_code: 402}");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "ann-key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "ann-key"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(gateway, "ann-key"));
        using var bobs = await BudgetRig.ChatAsync(gateway.Client, "Hello", key: "bob-key");
        Assert.Equal((HttpStatusCode.OK, "both", 0m), (bobs.StatusCode, BudgetRig.Header(bobs, "Weir-Budget"), BudgetRig.Remaining(bobs)));
        using var refused = await BudgetRig.ChatAsync(gateway.Client, "Hello", key: "bob-key");
        Assert.Equal((HttpStatusCode.PaymentRequired, "the budget 'both' is used up"), (refused.StatusCode, await BudgetRig.ErrorAsync(refused)));
        Assert.Null(refused.Headers.RetryAfter);
        // Nobody's budget is for a caller without a name of those.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, null));
    }

    [Fact]
    public async Task A_limit_of_tokens_is_lowered_to_what_is_left()
    {
        // $0.0006 are 60 tokens of answer, less the prompt.
        await using var gateway = await StartAsync("{name: all, applies_to: everyone, limit: '0.0006', clamp_max_tokens: true}");
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello [mock: tokens=500]", maxTokens: 400);
        var reply = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("length", (string?)reply["choices"]![0]!["finish_reason"]);
        Assert.InRange((int)reply["usage"]!["completion_tokens"]!, 16, 59);
        Assert.Equal(1, await BudgetRig.MetricAsync(gateway, "weir_budget_clamped_total"));
        Assert.Equal(0, await BudgetRig.MetricAsync(gateway, """weir_budget_overruns_total{budget="all"}"""));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"claude","messages":[{"role":"user","content":"Hi [mock: tokens=500]"}]}""")]
    [InlineData("/v1/messages", """{"model":"claude","max_tokens":400,"messages":[{"role":"user","content":"Hi [mock: tokens=500]"}]}""")]
    [InlineData("/v1/messages", """{"model":"gpt-4o","max_tokens":400,"messages":[{"role":"user","content":"Hi [mock: tokens=500]"}]}""")]
    [InlineData("/v1/responses", """{"model":"gpt-4o","input":"Hi [mock: tokens=500]"}""")]
    [InlineData("/v1beta/models/gemini:generateContent", """{"contents":[{"role":"user","parts":[{"text":"Hi [mock: tokens=500]"}]}]}""")]
    [InlineData("/v1beta/models/gemini:generateContent",
        """{"contents":[{"role":"user","parts":[{"text":"Hi [mock: tokens=500]"}]}],"generationConfig":{"maxOutputTokens":400,"temperature":0.5}}""")]
    public async Task A_limit_of_tokens_is_lowered_in_every_wire(string path, string body)
    {
        await using var gateway = await StartAsync("{name: all, applies_to: everyone, limit: '0.0006', clamp_max_tokens: true, window_type: lifetime}");
        using var answer = await BudgetRig.SendAsync(gateway.Client, path, JsonNode.Parse(body)!.AsObject());
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.InRange(await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="all",value=""}"""), 0.3, 1);
        Assert.Equal(0, await BudgetRig.MetricAsync(gateway, """weir_budget_overruns_total{budget="all"}"""));
    }

    [Fact]
    public async Task A_budget_that_does_not_say_so_lowers_no_limit_of_tokens()
    {
        await using var gateway = await StartAsync(
            "{name: strict, applies_to: everyone, limit: '0.0006'}", "{name: lenient, applies_to: everyone, limit: '5', clamp_max_tokens: true}");
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello", maxTokens: 400);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Contains("'strict'", await BudgetRig.ErrorAsync(answer), StringComparison.Ordinal);
        // What was reserved meanwhile is back.
        using var shorter = await BudgetRig.ChatAsync(gateway.Client, "Hello [mock: tokens=10]", maxTokens: 40);
        Assert.Equal(HttpStatusCode.OK, shorter.StatusCode);
        Assert.Equal("strict", BudgetRig.Header(shorter, "Weir-Budget"));
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi [mock: tokens=5000]"}]}""",
        "\"finish_reason\":\"length\"", "data: [DONE]\n\n")]
    [InlineData("/v2/chat", """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi [mock: tokens=5000]"}]}""",
        "\"finish_reason\":\"MAX_TOKENS\"", "data: [DONE]\n\n")]
    [InlineData("/v1/responses", """{"model":"gpt-4o","stream":true,"input":"Hi [mock: tokens=5000]"}""", "\"reason\":\"max_output_tokens\"", "}\n\n")]
    [InlineData("/v1beta/models/gpt-4o:streamGenerateContent?alt=sse",
        """{"contents":[{"role":"user","parts":[{"text":"Hi [mock: tokens=5000]"}]}]}""", "\"finishReason\":\"MAX_TOKENS\"", "}\r\n\r\n")]
    public async Task A_stream_that_uses_up_its_budget_ends_as_at_a_limit_of_tokens(string path, string body, string reason, string end)
    {
        var folder = Directory.CreateTempSubdirectory("weir-ledger").FullName;
        try
        {
            // $0.003 are 300 tokens; the stream reserves 64 at a time.
            await using var gateway = await TestGateway.StartAsync(
                BudgetRig.Document(_mock.Address, "{name: all, applies_to: everyone, limit: '0.003', window_type: lifetime, when_exhausted: end_streams}"),
                settings => settings with { LlmStreamTokensReserved = 64, UsageLedger = folder });
            using var answer = await BudgetRig.SendAsync(gateway.Client, path, JsonNode.Parse(body)!.AsObject());
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains(reason, text, StringComparison.Ordinal);
            Assert.EndsWith(end, text, StringComparison.Ordinal);
            var record = Assert.Single(new UsageReader(folder).Read());
            Assert.Equal(("cut", true), (record.Outcome, record.IsEstimated));
            Assert.InRange(record.CostTotal, 2_000_000, 3_000_000);
            Assert.Equal(0, await BudgetRig.MetricAsync(gateway, """weir_budget_overruns_total{budget="all"}"""));
            Assert.Equal(1, await BudgetRig.MetricAsync(gateway, "weir_budget_streams_ended_total"));
            Assert.InRange(await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="all",value=""}"""), 0.6, 1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_stream_gets_more_as_it_goes_on_and_is_charged_what_it_used()
    {
        await using var gateway = await TestGateway.StartAsync(
            BudgetRig.Document(_mock.Address, "{name: all, applies_to: everyone, limit: '0.02', window_type: lifetime, when_exhausted: end_streams}"),
            static settings => settings with { LlmStreamTokensReserved = 64 });
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hi [mock: tokens=1000]", stream: true);
        Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // 1000 tokens of answer and some of prompt.
        Assert.InRange(await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="all",value=""}"""), 0.5, 0.51);
        Assert.Equal(0, await BudgetRig.MetricAsync(gateway, "weir_budget_streams_ended_total"));
    }

    [Fact]
    public async Task What_a_failed_call_reserved_is_given_back()
    {
        await using var gateway = await StartAsync("{name: all, applies_to: everyone, limit: '0.0013', window_type: lifetime}");
        for (var i = 0; i < 3; i++)
        {
            using var failed = await BudgetRig.ChatAsync(gateway.Client, "Hello [mock: status=400]", maxTokens: 100);
            Assert.Equal(HttpStatusCode.BadRequest, failed.StatusCode);
        }
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello [mock: tokens=100]", maxTokens: 100);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Another_target_reserves_in_the_budgets_of_its_own_model_and_counts_the_request_once()
    {
        await using var broken = await AppUpstream.StartAsync(static context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        var document = BudgetRig.Document(_mock.Address,
            "{name: calls, applies_to: everyone, counts: requests, limit: '1', window_type: lifetime}",
            "{name: money, applies_to: everyone, limit: '1', window_type: lifetime}",
            "{name: models, applies_to: model, limit: '0.01', window_type: lifetime}")
            .Replace("model_alias: claude,", "", StringComparison.Ordinal);
        var at = document.IndexOf(_mock.Address, StringComparison.Ordinal);
        document = document.Remove(at, _mock.Address.Length).Insert(at, broken.Address);
        await using var gateway = await TestGateway.StartAsync(document);
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello", maxTokens: 100);
        Assert.Equal((HttpStatusCode.OK, "2"), (answer.StatusCode, BudgetRig.Header(answer, "Weir-LLM-Tries")));
        Assert.True(await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="models",value="claude-sonnet-4-5"}""") > 0);
        Assert.Equal(0, await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="models",value="gpt-4o"}"""));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(gateway, null));
    }

    [Fact]
    public async Task A_model_without_a_price_is_not_called_where_cost_is_limited_unless_the_budget_says_so()
    {
        await using var gateway = await StartAsync("{name: money, applies_to: everyone, limit: '1'}");
        using var refused = await BudgetRig.ChatAsync(gateway.Client, "Hello", model: "unpriced");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("model openai/gpt-free has no price, and the budget 'money' limits cost", await BudgetRig.ErrorAsync(refused));
        await gateway.ApplyAsync(BudgetRig.Document(_mock.Address, "{name: money, applies_to: everyone, limit: '1', unpriced: allow}"));
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello", model: "unpriced");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Thresholds_are_told_once_in_a_window_and_a_soft_limit_refuses_nothing()
    {
        await using var gateway = await StartAsync(
            "{name: soft, applies_to: everyone, counts: requests, soft_limit: '2', alerts: [0.5, 1.5], window_type: lifetime}");
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, null));
        foreach (var threshold in new[] { "50%", "soft_limit", "150%" })
            Assert.Equal(1, await BudgetRig.MetricAsync(gateway, $$"""weir_budget_alerts_total{budget="soft",threshold="{{threshold}}"}"""));
        var lines = gateway.Log.Lines.Select(static line => line.Text)
            .Where(static line => line.Contains("Budget soft of all has reached", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lines.Count);
        Assert.Contains("has reached soft_limit: 2 of 2 (requests) are spent", lines[1], StringComparison.Ordinal);
        Assert.Equal(2.5, await BudgetRig.MetricAsync(gateway, """weir_budget_used_ratio{budget="soft",value=""}"""));
    }

    [Fact]
    public async Task A_reload_keeps_what_is_spent_and_a_disabled_budget_limits_nothing()
    {
        const string Budget = "{name: all, applies_to: everyone, counts: requests, limit: '1', window_type: lifetime";
        await using var gateway = await StartAsync(Budget + "}");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, null));
        await gateway.ApplyAsync(BudgetRig.Document(_mock.Address, Budget + ", tags: [changed]}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(gateway, null));
        await gateway.ApplyAsync(BudgetRig.Document(_mock.Address, Budget + ", enabled: false}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, null));
    }

    [Fact]
    public async Task What_is_left_is_not_told_where_the_budget_says_so()
    {
        await using var gateway = await StartAsync("{name: all, applies_to: everyone, limit: '1', hide_client_headers: true}");
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(BudgetRig.Header(answer, "Weir-Budget-Remaining"));
    }

    Task<TestGateway> StartAsync(params string[] budgets) => TestGateway.StartAsync(BudgetRig.Document(_mock.Address, budgets));

    static async Task<HttpStatusCode> StatusAsync(TestGateway gateway, string? key)
    {
        using var answer = await BudgetRig.ChatAsync(gateway.Client, "Hello", key: key);
        return answer.StatusCode;
    }
}
