namespace Weir.Ai.Tests;

/// <summary>Calls to targets with several keys.</summary>
public sealed class KeyRotationTests
{
    const string TwoKeys = """
        {"header_name":"Authorization"}, "auth_pool": {"keys":[{"name":"one","header_value":"Bearer k1"},{"name":"two","header_value":"Bearer k2"}]}
        """;

    [Theory]
    [InlineData(401)]
    [InlineData(402)]
    [InlineData(403)]
    [InlineData(429)]
    public async Task Goes_on_with_the_next_key_unseen(int status)
    {
        var rig = new ProxyRig(Config(TwoKeys));
        rig.Provider.Play(ScriptedReply.Refusal(status), ScriptedReply.Json(ChatAnswers.Whole));
        var got = await rig.AskAsync();
        Assert.Equal(200, got.Status);
        Assert.Equal(["Bearer k1", "Bearer k2"], rig.Provider.Keys);
        Assert.Contains("\"Hi\"", got.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaves_the_refused_key_alone_over_a_reload_until_its_rest_is_over()
    {
        var rig = new ProxyRig(Config(TwoKeys));
        rig.Provider.Answer = message => ScriptedProvider.KeyOf(message) == "Bearer k1"
            ? ScriptedReply.Refusal(429, ("Retry-After", "20")) : ScriptedReply.Json(ChatAnswers.Whole);
        await rig.AskAsync();
        rig.Reload(Config(TwoKeys));
        rig.Provider.Sent.Clear();
        await rig.AskAsync();
        await rig.AskAsync();
        Assert.Equal(["Bearer k2", "Bearer k2"], rig.Provider.Keys);
        rig.Time.Advance(TimeSpan.FromSeconds(20));
        rig.Provider.Sent.Clear();
        await rig.AskAsync();
        await rig.AskAsync();
        Assert.Contains("Bearer k1", rig.Provider.Keys);
    }

    [Fact]
    public async Task Answers_429_with_the_earliest_end_when_all_keys_rest()
    {
        var rig = new ProxyRig(Config(TwoKeys));
        rig.Provider.Play(ScriptedReply.Refusal(429, ("Retry-After", "40")), ScriptedReply.Refusal(429, ("retry-after-ms", "20000")));
        var refused = await rig.AskAsync();
        Assert.Equal((429, "20"), (refused.Status, refused.Header("Retry-After")));
        rig.Time.Advance(TimeSpan.FromSeconds(4.5));
        var resting = await rig.AskAsync();
        Assert.Equal((429, "16"), (resting.Status, resting.Header("Retry-After")));
        Assert.Contains("rate_limit", resting.Body, StringComparison.Ordinal);
        Assert.Equal(2, rig.Provider.Sent.Count);
    }

    [Fact]
    public async Task Rests_a_target_with_one_key_when_the_provider_says_so_and_goes_to_another()
    {
        var rig = new ProxyRig(Config(One("k1"), One("k2")));
        rig.Provider.Play(
            ScriptedReply.Refusal(503, ("Retry-After", "10")), ScriptedReply.Json(ChatAnswers.Whole), ScriptedReply.Json(ChatAnswers.Whole));
        Assert.Equal(503, (await rig.AskAsync()).Status);
        Assert.Equal(200, (await rig.AskAsync()).Status);
        Assert.Equal(200, (await rig.AskAsync()).Status);
        Assert.Equal(["Bearer k1", "Bearer k2", "Bearer k2"], rig.Provider.Keys);
    }

    [Fact]
    public async Task Asks_the_only_target_on_with_its_only_key()
    {
        var rig = new ProxyRig(Config(One("k1")));
        rig.Provider.Play(ScriptedReply.Refusal(429, ("Retry-After", "10")), ScriptedReply.Json(ChatAnswers.Whole));
        Assert.Equal(429, (await rig.AskAsync()).Status);
        Assert.Equal(200, (await rig.AskAsync()).Status);
    }

    [Fact]
    public async Task Asks_on_when_nothing_says_how_long_to_wait()
    {
        var rig = new ProxyRig(Config(One("k1")));
        rig.Provider.Play(ScriptedReply.Refusal(429), ScriptedReply.Refusal(503), ScriptedReply.Json(ChatAnswers.Whole));
        Assert.Equal(429, (await rig.AskAsync()).Status);
        Assert.Equal(503, (await rig.AskAsync()).Status);
        Assert.Equal(200, (await rig.AskAsync()).Status);
    }

    [Fact]
    public async Task Blames_no_key_of_the_operators_for_a_clients_own()
    {
        const string Auth = """
            {"header_name":"Authorization","allow_override":true},
            "auth_pool": {"keys":[{"name":"one","header_value":"Bearer k1"},{"name":"two","header_value":"Bearer k2"}]}
            """;
        var rig = new ProxyRig(Config(Auth));
        rig.Provider.Play(ScriptedReply.Refusal(401), ScriptedReply.Json(ChatAnswers.Whole));
        var got = await rig.AskAsync(prepare: static exchange => exchange.Http.Request.Headers.Authorization = "Bearer theirs");
        Assert.Equal(401, got.Status);
        Assert.Equal(["Bearer theirs"], rig.Provider.Keys);
        await rig.AskAsync();
        Assert.DoesNotContain("weir_llm_key_resting{provider=\"openai\",key=\"one\"} 1", rig.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counts_keys_that_rest_by_name()
    {
        var rig = new ProxyRig(Config(TwoKeys));
        rig.Provider.Play(ScriptedReply.Refusal(401), ScriptedReply.Json(ChatAnswers.Whole));
        await rig.AskAsync();
        Assert.Contains("weir_llm_key_resting{provider=\"openai\",key=\"one\"} 1\n", rig.Metrics, StringComparison.Ordinal);
        Assert.Contains("weir_llm_key_resting{provider=\"openai\",key=\"two\"} 0\n", rig.Metrics, StringComparison.Ordinal);
        Assert.Contains("weir_llm_key_rests_total{provider=\"openai\",key=\"one\",status=\"401\"} 1\n", rig.Metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("k1", rig.Metrics, StringComparison.Ordinal);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("weir_llm_key_resting{provider=\"openai\",key=\"one\"} 0\n", rig.Metrics, StringComparison.Ordinal);
    }

    static string One(string key) => $$"""{"header_name":"Authorization","header_value":"Bearer {{key}}"}""";

    static string Config(params string[] auths) => $$"""{"targets": [{{string.Join(", ", auths.Select(Target))}}]}""";

    static string Target(string auth, int number) => $$$"""
        {"model": {"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://p{{{number}}}.test"}}, "auth": {{{auth}}} }
        """;
}
