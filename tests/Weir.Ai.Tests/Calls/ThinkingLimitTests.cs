using System.Text.Json.Nodes;
using Weir.Config;

namespace Weir.Ai.Tests;

/// <summary>Thinking is a part of the answer: where the gateway lowers the one limit, the other follows, or the call is refused.</summary>
public sealed class ThinkingLimitTests
{
    const string Anthropic = """
        {"id":"m","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn",
        "usage":{"input_tokens":3,"output_tokens":4}}
        """;

    const string Gemini = """
        {"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP","index":0}],
        "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4,"totalTokenCount":7}}
        """;

    [Theory]
    [InlineData(1039)]
    [InlineData(16)]
    [InlineData(1)]
    public async Task Refuses_a_call_whose_thinking_would_leave_no_room_for_an_answer(int left)
    {
        var rig = Rig("anthropic", Left(left));
        var got = await rig.AskAsync("/v1/messages", Claude(8000, 4000));
        Assert.Equal(429, got.Status);
        Assert.Contains("rate_limit_error", got.Body, StringComparison.Ordinal);
        Assert.Empty(rig.Provider.Sent);
    }

    [Theory]
    [InlineData(8000, 4000, 1040, 1040, 1024)]
    [InlineData(8000, 4000, 2000, 2000, 1600)]
    [InlineData(8000, 4000, 6000, 6000, 4000)]
    [InlineData(8000, 4000, 100_000, 8000, 4000)]
    [InlineData(8000, 7999, 8000, 8000, 7999)]
    public async Task Lowers_both_limits_of_a_body_that_passes(int limit, int thinking, int left, int sentLimit, int sentThinking)
    {
        var rig = Rig("anthropic", Left(left));
        Assert.Equal(200, (await rig.AskAsync("/v1/messages", Claude(limit, thinking))).Status);
        var sent = Sent(rig);
        Assert.Equal((sentLimit, sentThinking), ((int)sent["max_tokens"]!, (int)sent["thinking"]!["budget_tokens"]!));
    }

    [Fact]
    public async Task Lowers_both_limits_of_a_body_that_is_written()
    {
        var rig = Rig("gemini", Left(2000));
        const string body = """
            {"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":8000,"thinkingConfig":{"thinkingBudget":4000}}}
            """;
        Assert.Equal(200, (await rig.AskAsync("/v1beta/models/m:generateContent", body)).Status);
        var config = Sent(rig)["generationConfig"]!;
        Assert.Equal((2000, 1600), ((int)config["maxOutputTokens"]!, (int)config["thinkingConfig"]!["thinkingBudget"]!));
    }

    [Fact]
    public async Task Leaves_thinking_alone_where_the_client_said_both()
    {
        var rig = Rig("gemini", Left(100_000));
        const string body = """
            {"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":1000,"thinkingConfig":{"thinkingBudget":4000}}}
            """;
        Assert.Equal(200, (await rig.AskAsync("/v1beta/models/m:generateContent", body)).Status);
        Assert.Equal(4000, (int)Sent(rig)["generationConfig"]!["thinkingConfig"]!["thinkingBudget"]!);
    }

    [Fact]
    public async Task The_operators_limit_lowers_thinking_too()
    {
        var rig = Rig("anthropic", Left(100_000), "\"max_tokens\":2000,");
        Assert.Equal(200, (await rig.AskAsync("/v1/messages", Claude(8000, 4000))).Status);
        Assert.Equal((2000, 1600), ((int)Sent(rig)["max_tokens"]!, (int)Sent(rig)["thinking"]!["budget_tokens"]!));
    }

    [Theory]
    [InlineData("gpt-4o", 2, 400, 200)]
    [InlineData("gpt-5", 1, 400, 400)]
    [InlineData("gpt-5", 1, 100_000, 4096)]
    public async Task A_stream_that_cannot_be_counted_is_given_a_limit_where_budgets_end_streams(string model, int choices, int left, int limit)
    {
        var rig = Rig("openai", Left(left) with { ClampMaxTokens = false, WhenExhausted = BudgetExhaustion.EndStreams }, model: model);
        rig.Provider.Answer = static _ => ScriptedReply.Stream((0, ChatAnswers.Chunk("Hi")), (0, ChatAnswers.End));
        var body = $$"""{"model":"m","stream":true,"n":{{choices}},"messages":[{"role":"user","content":"x"}]}""";
        Assert.Equal(200, (await rig.AskAsync("/v1/chat/completions", body)).Status);
        Assert.Equal(limit, (int)(Sent(rig)["max_tokens"] ?? Sent(rig)["max_completion_tokens"])!);
    }

    [Fact]
    public async Task A_stream_that_can_be_counted_is_given_none()
    {
        var rig = Rig("openai", Left(5000) with { ClampMaxTokens = false, WhenExhausted = BudgetExhaustion.EndStreams }, model: "some-model");
        rig.Provider.Answer = static _ => ScriptedReply.Stream((0, ChatAnswers.Chunk("Hi")), (0, ChatAnswers.End));
        await rig.AskAsync("/v1/chat/completions", """{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        Assert.Null(Sent(rig)["max_tokens"] ?? Sent(rig)["max_completion_tokens"]);
    }

    [Theory]
    [InlineData(4000, 8000, 4000)]
    [InlineData(4000, 4000, 3200)]
    [InlineData(4000, 1100, 1024)]
    [InlineData(500, 600, 500)]
    [InlineData(500, 100, 500)]
    [InlineData(int.MaxValue, int.MaxValue, 1717986917)]
    public void Thinking_fits_into_the_answer(int asked, int limit, int within) => Assert.Equal(within, OperatorSettings.ThinkingWithin(asked, limit));

    static BudgetConfig Left(int tokens) => new()
    {
        Name = "all",
        AppliesTo = BudgetLevel.Everyone,
        Counts = BudgetCounts.CompletionTokens,
        Limit = tokens.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ClampMaxTokens = true,
    };

    static ProxyRig Rig(string provider, BudgetConfig budget, string options = "", string model = "m")
    {
        var rig = new ProxyRig(
            $$"""
            {"llm_format":"{{provider}}",
            "targets":[{"model":{"provider":"{{provider}}","name":"{{model}}","model_alias":"m","options":{ {{options}} "upstream_url":"http://a.test"} } }]}
            """,
            budgets: budget);
        rig.Provider.Answer = _ => ScriptedReply.Json(provider == "gemini" ? Gemini : Anthropic);
        return rig;
    }

    static JsonNode Sent(ProxyRig rig) => JsonNode.Parse(rig.Provider.Sent[0].Body.Span)!;

    static string Claude(int limit, int thinking) => $$"""
        {"model":"m","max_tokens":{{limit}},"thinking":{"type":"enabled","budget_tokens":{{thinking}}},"messages":[{"role":"user","content":"x"}]}
        """;
}
