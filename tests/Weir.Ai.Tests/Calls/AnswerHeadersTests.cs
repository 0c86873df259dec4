namespace Weir.Ai.Tests;

public sealed class AnswerHeadersTests
{
    [Fact]
    public async Task Tell_all_of_a_whole_answer()
    {
        var rig = new ProxyRig(Config(""));
        rig.Provider.Play(new ScriptedReply(200, (1, ChatAnswers.Whole)) { HeadSeconds = 2 });
        var got = await rig.AskAsync(prepare: exchange => rig.Time.Advance(TimeSpan.FromMilliseconds(1.5)));
        Assert.Equal("openai/gpt-4o", got.Header("X-Kong-LLM-Model"));
        Assert.Equal("openai", got.Header("Weir-LLM-Provider"));
        Assert.Equal("gpt-4o", got.Header("Weir-LLM-Model"));
        Assert.Equal("0.000075", got.Header("Weir-LLM-Cost"));
        Assert.Equal(("10", "5"), (got.Header("Weir-LLM-Input-Tokens"), got.Header("Weir-LLM-Output-Tokens")));
        Assert.Null(got.Header("Weir-LLM-Tries"));
    }

    [Fact]
    public async Task Tell_of_a_stream_what_is_known_at_its_begin()
    {
        var rig = new ProxyRig(Config(""));
        rig.Provider.Play(ScriptedReply.Stream((3, ChatAnswers.Role), (2, ChatAnswers.Chunk("Hi")), (0, ChatAnswers.End)));
        var got = await rig.AskAsync(isStream: true);
        Assert.Equal(("openai", "gpt-4o-2024"), (got.Header("Weir-LLM-Provider"), got.Header("Weir-LLM-Model")));
        Assert.NotNull(got.Header("Weir-Overhead-Ms"));
        Assert.Null(got.Header("Weir-LLM-Cost"));
        Assert.Null(got.Header("Weir-LLM-Output-Tokens"));
    }

    [Fact]
    public async Task Count_the_tries()
    {
        var rig = new ProxyRig(Config("\"balancer\":{\"failover_criteria\":[\"error\"]},"));
        rig.Provider.Play(new ScriptedReply(0) { NoAnswer = UpstreamFailure.Unreachable }, ScriptedReply.Json(ChatAnswers.Whole));
        Assert.Equal("2", (await rig.AskAsync()).Header("Weir-LLM-Tries"));
    }

    [Fact]
    public async Task Are_left_out_where_the_operator_does_not_want_them()
    {
        var rig = new ProxyRig(Config("\"llm_headers\":false,"));
        var got = await rig.AskAsync();
        Assert.DoesNotContain(got.Headers, static header => header.Key.StartsWith("Weir-", StringComparison.Ordinal));
        Assert.Equal("openai/gpt-4o", got.Header("X-Kong-LLM-Model"));
    }

    [Fact]
    public void Overhead_leaves_out_the_time_of_providers()
    {
        var headers = new Microsoft.AspNetCore.Http.HeaderDictionary();
        var target = new Target(
            new Plugins.TargetConfig { Model = new Plugins.ModelConfig { Provider = ProviderName.OpenAi, Name = "m" } }, 1, new TargetState(new ManualTime()),
            new KeyAuthorizer(new Plugins.TargetAuth()));
        var outcome = new LlmOutcome { Target = target, Waited = TimeSpan.FromMilliseconds(900) };
        var route = new LlmRoute(new Plugins.BalancerConfig(), [target], new Random(1))
        {
            Format = Plugins.LlmFormat.OpenAi,
            Streaming = Plugins.ResponseStreaming.Allow,
            RequestBodyBytesMax = 1,
            NamesModel = false,
        };
        AnswerHeaders.Write(route, outcome, TimeSpan.FromMilliseconds(900.456), headers);
        Assert.Equal("0.46", headers["Weir-Overhead-Ms"]);
        AnswerHeaders.Write(route, outcome, TimeSpan.FromMilliseconds(1), headers);
        Assert.Equal("0.00", headers["Weir-Overhead-Ms"]);
    }

    static string Config(string settings) => $$"""
        { {{settings}} "targets":[
          {"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://a.test","input_cost":2.5,"output_cost":10} } },
          {"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://b.test","input_cost":2.5,"output_cost":10} } }
        ]}
        """;
}
