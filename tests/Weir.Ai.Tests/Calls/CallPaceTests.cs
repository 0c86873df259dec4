namespace Weir.Ai.Tests;

/// <summary>Calls that take too long, on a clock that the test moves.</summary>
public sealed class CallPaceTests
{
    const string FailsOver = """ "failover_criteria":["timeout","non_idempotent"], """;

    [Theory]
    [InlineData("first_token_timeout", "-1")]
    [InlineData("token_timeout", "0.5")]
    [InlineData("call_timeout", "\"1s\"")]
    [InlineData("tokens_per_second_min", "-3")]
    [InlineData("tokens_per_second_window", "10")]
    public void Reports_limits_that_are_none(string field, string value) =>
        Assert.Contains(ProxyRig.Check(Config($"\"{field}\":{value}")), problem => problem.Field.EndsWith(field, StringComparison.Ordinal));

    [Fact]
    public async Task Tries_another_target_when_the_head_of_a_stream_is_late()
    {
        var rig = new ProxyRig(Config(FailsOver + "\"first_token_timeout\":2000"));
        rig.Provider.Play(new ScriptedReply(200, (0, "")) { HeadSeconds = 3 }, Quick());
        var got = await rig.AskAsync(isStream: true);
        Assert.Contains("Hi", got.Body, StringComparison.Ordinal);
        Assert.Equal((2, true), (got.Outcome.Tries, got.Outcome.IsComplete));
        Assert.Equal(2000, rig.Provider.Sent[0].ReadTimeoutMs);
    }

    [Fact]
    public async Task Takes_no_ping_and_no_role_for_content()
    {
        var rig = new ProxyRig(Config(FailsOver + "\"first_token_timeout\":2000"));
        rig.Provider.Play(
            ScriptedReply.Stream(
                (0.1, ChatAnswers.Role), (0.9, ChatAnswers.Ping), (0.9, ChatAnswers.Ping), (0.9, ChatAnswers.Ping), (0.9, ChatAnswers.Chunk("late"))),
            Quick());
        var got = await rig.AskAsync(isStream: true);
        Assert.DoesNotContain("late", got.Body, StringComparison.Ordinal);
        Assert.Contains("Hi", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_504_when_no_other_target_may_be_tried()
    {
        var rig = new ProxyRig(Config("\"first_token_timeout\":2000"));
        rig.Provider.Play(ScriptedReply.Stream((3, ChatAnswers.Chunk("late"))));
        var got = await rig.AskAsync(isStream: true);
        Assert.Equal(504, got.Status);
        Assert.Single(rig.Provider.Sent);
    }

    [Fact]
    public async Task Lets_a_whole_answer_take_its_time()
    {
        var rig = new ProxyRig(Config("\"first_token_timeout\":2000, \"token_timeout\":1000, \"tokens_per_second_min\":100"));
        rig.Provider.Play(new ScriptedReply(200, (20, ChatAnswers.Whole)) { HeadSeconds = 20 });
        Assert.Equal(200, (await rig.AskAsync()).Status);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"x"}]}""", "data: {\"error\":")]
    [InlineData(
        "/v1/messages", """{"model":"gpt-4o","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"x"}]}""",
        "event: error\ndata: {\"type\":\"error\"")]
    public async Task Ends_a_stream_that_stalls_with_an_error_of_the_clients_dialect(string path, string body, string error)
    {
        var rig = new ProxyRig(Config("\"token_timeout\":1000"));
        rig.Provider.Play(ScriptedReply.Stream(
            (30, ChatAnswers.Chunk("One")), (0.9, ChatAnswers.Chunk("Two")), (0.6, ChatAnswers.Ping), (0.6, ChatAnswers.Chunk("Three"))));
        var got = await rig.AskAsync(path, body);
        Assert.Equal(200, got.Status);
        Assert.Contains("Two", got.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Three", got.Body, StringComparison.Ordinal);
        Assert.Contains(error, got.Body, StringComparison.Ordinal);
        Assert.Equal((LlmErrorKind.Timeout, false), (got.Outcome.Error!.Kind, got.Outcome.IsComplete));
    }

    [Fact]
    public async Task Counts_a_stall_as_a_failure_of_the_target()
    {
        var rig = new ProxyRig(Config("\"token_timeout\":1000, \"max_fails\":1, \"algorithm\":\"priority\""));
        rig.Provider.Answer = _ => ScriptedReply.Stream((0, ChatAnswers.Chunk("One")), (2, ChatAnswers.Chunk("Two")));
        await rig.AskAsync(isStream: true);
        await rig.AskAsync(isStream: true);
        Assert.NotEqual(rig.Provider.Sent[0].To.Host, rig.Provider.Sent[1].To.Host);
    }

    [Fact]
    public async Task Does_not_take_a_slow_reader_for_a_stalled_provider()
    {
        var rig = new ProxyRig(Config("\"token_timeout\":1000, \"tokens_per_second_min\":1"));
        rig.Provider.Play(ScriptedReply.Stream((0, ChatAnswers.Chunk("One")), (0.5, ChatAnswers.Chunk("Two")), (0.5, ChatAnswers.End)));
        var got = await rig.AskAsync(isStream: true, clientStays: _ =>
        {
            rig.Time.Advance(TimeSpan.FromMinutes(1));
            return true;
        });
        Assert.True(got.Outcome.IsComplete);
    }

    [Theory]
    [InlineData(5, 1.0, true)]
    [InlineData(6, 1.0, false)]
    [InlineData(1, 5.0, true)]
    [InlineData(2, 5.0, false)]
    public async Task Ends_a_stream_that_trickles(int tokensPerSecondMin, double secondsPerChunk, bool isComplete)
    {
        // 20 characters are 5 tokens.
        var rig = new ProxyRig(Config($"\"tokens_per_second_min\":{tokensPerSecondMin}, \"tokens_per_second_window\":5000"));
        var chunk = ChatAnswers.Chunk("twenty characters at");
        rig.Provider.Play(ScriptedReply.Stream([.. Enumerable.Repeat((secondsPerChunk, chunk), 30), (0, ChatAnswers.End)]));
        var got = await rig.AskAsync(isStream: true);
        Assert.Equal(isComplete, got.Outcome.IsComplete);
        Assert.Equal(!isComplete, got.Body.Contains("\"error\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ends_a_whole_call_with_its_tries_and_its_stream()
    {
        var rig = new ProxyRig(Config(FailsOver + "\"call_timeout\":5000"));
        rig.Provider.Play(new ScriptedReply(200) { HeadSeconds = 2, NoAnswer = UpstreamFailure.Timeout }, ScriptedReply.Stream(
            (2, ChatAnswers.Chunk("One")), (2, ChatAnswers.Chunk("Two")), (2, ChatAnswers.Chunk("Three")), (0, ChatAnswers.End)));
        var got = await rig.AskAsync(isStream: true);
        Assert.Contains("Two", got.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Three", got.Body, StringComparison.Ordinal);
        Assert.Contains("\"error\"", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tries_nobody_else_when_the_call_is_over()
    {
        var rig = new ProxyRig(Config(FailsOver + "\"call_timeout\":5000"));
        rig.Provider.Play(new ScriptedReply(200, (0, "")) { HeadSeconds = 9 });
        var got = await rig.AskAsync();
        Assert.Equal(504, got.Status);
        Assert.Single(rig.Provider.Sent);
        Assert.Equal((5000, 5000), (rig.Provider.Sent[0].ConnectTimeoutMs, rig.Provider.Sent[0].ReadTimeoutMs));
    }

    [Fact]
    public async Task Cuts_a_whole_answer_that_comes_too_slowly()
    {
        var rig = new ProxyRig(Config("\"call_timeout\":5000"));
        rig.Provider.Play(new ScriptedReply(200, (4, "{"), (4, "}")));
        Assert.Equal(504, (await rig.AskAsync()).Status);
    }

    static ScriptedReply Quick() => ScriptedReply.Stream((0, ChatAnswers.Chunk("Hi")), (0, ChatAnswers.End));

    static string Config(string balancer) => $$"""
        {
          "balancer": { {{balancer}} },
          "targets": [
            {"model": {"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://a.test"} } },
            {"model": {"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://b.test"} } }
          ]
        }
        """;
}
