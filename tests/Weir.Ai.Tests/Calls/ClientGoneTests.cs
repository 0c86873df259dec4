namespace Weir.Ai.Tests;

/// <summary>Streams whose client leaves, and the states of streams.</summary>
public sealed class ClientGoneTests
{
    [Theory]
    [InlineData("on_client_gone", "\"wait\"")]
    [InlineData("drain_timeout", "0")]
    [InlineData("drain_timeout", "\"1m\"")]
    public void Reports_settings_that_are_none(string field, string value) =>
        Assert.Contains(ProxyRig.Check(Config($"\"{field}\":{value},")), problem => problem.Field.EndsWith(field, StringComparison.Ordinal));

    [Fact]
    public async Task Ends_the_stream_and_estimates_its_usage()
    {
        var rig = new ProxyRig(Config(""));
        rig.Provider.Play(Stream());
        var got = await rig.AskAsync(isStream: true, clientStays: static flush => flush < 1);
        Assert.False(rig.Provider.Sent[0].OutlivesClient);
        Assert.Equal((true, false, true), (got.Outcome.ClientLeft, got.Outcome.IsComplete, got.Outcome.Usage!.IsEstimated));
        Assert.True(got.Outcome.Usage.Input > 0 && got.Outcome.Usage.Output > 0);
        Assert.Contains("outcome=\"gone\"} 1", rig.Metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/v1/messages", """{"model":"gpt-4o","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"x"}]}""")]
    public async Task Reads_on_to_the_real_usage_where_the_operator_wants_it(string path, string body)
    {
        var rig = new ProxyRig(Config("\"on_client_gone\":\"drain\","));
        rig.Provider.Play(Stream());
        var got = await rig.AskAsync(path, body, clientStays: static flush => flush < 1);
        Assert.True(rig.Provider.Sent[0].OutlivesClient);
        Assert.Equal((10, 5, false), (got.Outcome.Usage!.Input, got.Outcome.Usage.Output, got.Outcome.Usage.IsEstimated));
        Assert.Equal((true, true), (got.Outcome.ClientLeft, got.Outcome.IsComplete));
        Assert.DoesNotContain("three", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_on_for_a_bounded_time()
    {
        var rig = new ProxyRig(Config("\"on_client_gone\":\"drain\",\"drain_timeout\":1500,"));
        rig.Provider.Play(Stream());
        var began = rig.Time.GetUtcNow();
        var got = await rig.AskAsync(isStream: true, clientStays: static flush => flush < 1);
        Assert.False(got.Outcome.IsComplete);
        Assert.True(got.Outcome.Usage!.IsEstimated);
        Assert.Equal(TimeSpan.FromSeconds(2.5), rig.Time.GetUtcNow() - began);
    }

    [Fact]
    public async Task Keeps_what_the_provider_said_before_a_break_and_completes_it()
    {
        const string Body = """{"model":"claude","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"x"}]}""";
        var rig = new ProxyRig("""{"targets":[{"model":{"provider":"anthropic","name":"claude","options":{"upstream_url":"http://a.test"}}}]}""");
        rig.Provider.Play(ScriptedReply.Stream((0, """
            event: message_start
            data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","usage":{"input_tokens":77,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"A sentence of some length, which is more than one token."}}


            """), (5, "")));
        var got = await rig.AskAsync("/v1/messages", Body, clientStays: static flush => false);
        Assert.Equal((77, true), (got.Outcome.Usage!.Input, got.Outcome.Usage.IsEstimated));
        Assert.True(got.Outcome.Usage.Output > 5);
    }

    [Fact]
    public async Task Charges_a_prompt_that_was_sent_before_the_client_left()
    {
        var rig = new ProxyRig(Config(""));
        rig.Provider.Play(new ScriptedReply(0) { NoAnswer = UpstreamFailure.Aborted });
        Weir.Exchange? exchange = null;
        await Assert.ThrowsAsync<OperationCanceledException>(() => rig.AskAsync(isStream: true, prepare: made => exchange = made));
        var outcome = LlmCall.Of(exchange!)!.Outcome;
        Assert.True(outcome.Usage!.Input > 0);
        Assert.Equal((0, true), (outcome.Usage.Output, outcome.Usage.IsEstimated));
        Assert.Equal(StreamState.Connecting, outcome.State);
    }

    [Fact]
    public async Task Counts_open_streams_by_state()
    {
        var rig = new ProxyRig(Config(""));
        List<string> seen = [];
        rig.Provider.Play(new ScriptedReply(200, (0, ChatAnswers.Role), (0, ChatAnswers.Chunk("one")), (0, ChatAnswers.End))
        {
            IsEventStream = true,
            BeforeRead = _ => seen.Add(Open(rig)),
        });
        rig.Provider.BeforeAnswer = () => seen.Add(Open(rig));
        var got = await rig.AskAsync(isStream: true);
        Assert.Equal(["connecting", "held", "held", "committed"], seen);
        Assert.Equal("", Open(rig));
        Assert.Equal(StreamState.Settled, got.Outcome.State);
    }

    [Fact]
    public async Task Goes_back_to_connecting_when_it_fails_over()
    {
        var rig = new ProxyRig("""
            {"balancer":{"failover_criteria":["error","non_idempotent"]},"targets":[
              {"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://a.test"}}},
              {"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://b.test"}}}
            ]}
            """);
        List<string> seen = [];
        rig.Provider.BeforeAnswer = () => seen.Add(Open(rig));
        rig.Provider.Play(ScriptedReply.Stream((0, "data: {\"error\":{\"message\":\"no\"}}\n\n")), Stream());
        var got = await rig.AskAsync(isStream: true);
        Assert.Equal(["connecting", "connecting"], seen);
        Assert.Equal((2, true, null), (got.Outcome.Tries, got.Outcome.IsComplete, got.Outcome.Error));
        Assert.Contains("outcome=\"complete\"} 1", rig.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_in_the_log_where_a_stream_ended()
    {
        var rig = new ProxyRig(Config("", """ "logging":{"log_statistics":true}, """));
        rig.Provider.Play(ScriptedReply.Stream((0, ChatAnswers.Chunk("one"))));
        var got = await rig.AskAsync(isStream: true);
        var log = System.Text.Encoding.UTF8.GetString(got.Exchange.LogFields.Single(static field => field.Name == "ai").Json.Span);
        Assert.Contains("\"stream_state\":\"committed\"", log, StringComparison.Ordinal);
    }

    static string Open(ProxyRig rig) => string.Join(' ', new[] { "connecting", "held", "committed" }.Where(state =>
        rig.Metrics.Contains($"weir_llm_open_streams{{state=\"{state}\"}} 1\n", StringComparison.Ordinal)));

    static ScriptedReply Stream() => ScriptedReply.Stream(
        (0, ChatAnswers.Role), (0, ChatAnswers.Chunk("one")), (1, ChatAnswers.Chunk("two")), (1, ChatAnswers.Chunk("three")), (1, ChatAnswers.End));

    static string Config(string settings, string target = "") => $$"""
        { {{settings}} "targets": [{ {{target}} "model": {"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://a.test"} } }] }
        """;
}
