namespace Weir.Ai.Tests;

public sealed class CanaryTests
{
    [Theory]
    [InlineData("""{"percentage":101}""", "percentage")]
    [InlineData("""{"percentage":-0.5}""", "percentage")]
    [InlineData("""{"header":{}}""", "name")]
    [InlineData("""{"header":{"name":"a b"}}""", "name")]
    [InlineData("""{"groups":["x"]}""", "groups")]
    public void Reports_canaries_that_cannot_be(string canary, string field) =>
        Assert.Contains(ProxyRig.Check(Config(canary)), problem => problem.Field.EndsWith(field, StringComparison.Ordinal));

    [Fact]
    public void Wants_another_target_for_the_rest() => Assert.Contains(
        ProxyRig.Check("""{"targets":[{"model":{"provider":"openai","name":"a"},"canary":{}},{"model":{"provider":"openai","name":"b","model_alias":"c"}}]}"""),
        static problem => problem.Field == "targets[0].canary");

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.099, true)]
    [InlineData(0.1, false)]
    [InlineData(0.9, false)]
    public async Task Gets_a_share_of_the_calls_by_chance(double chance, bool taken)
    {
        var rig = new ProxyRig(Config(chance == 0 ? """{"percentage":0}""" : """{"percentage":10}"""));
        rig.Random.Share = chance;
        await rig.AskAsync();
        Assert.Equal(taken ? "canary.test" : "stable.test", rig.Provider.Sent[0].To.Host);
    }

    [Fact]
    public async Task Meets_the_same_callers_again_and_its_share_of_all()
    {
        var rig = new ProxyRig(Config("""{"percentage":25}"""));
        for (var round = 0; round < 2; round++)
            for (var i = 0; i < 400; i++) await rig.AskAsync(prepare: exchange => exchange.Http.Request.Headers["X-Kong-LLM-Request-ID"] = $"caller-{i}");
        var taken = rig.Provider.Sent.Select(static sent => sent.To.Host == "canary.test").ToList();
        Assert.Equal(taken[..400], taken[400..]);
        Assert.InRange(taken[..400].Count(static canary => canary), 75, 125);
    }

    [Fact]
    public async Task Meets_a_consumer_on_one_side_whatever_its_headers()
    {
        var rig = new ProxyRig(Config("""{"percentage":50}"""));
        for (var i = 0; i < 20; i++)
        {
            await rig.AskAsync(prepare: exchange =>
            {
                exchange.Authenticate(Consumer("c1", "gold"), null);
                exchange.Http.Request.Headers["X-Kong-LLM-Request-ID"] = $"caller-{i}";
            });
        }
        Assert.Single(rig.Provider.Sent.Select(static sent => sent.To.Host).Distinct());
    }

    [Theory]
    [InlineData("gold", "canary.test")]
    [InlineData("silver", "stable.test")]
    [InlineData(null, "stable.test")]
    public async Task Gets_the_calls_of_a_group(string? group, string host)
    {
        var rig = new ProxyRig(Config("""{"consumer_groups":["gold"]}"""));
        await rig.AskAsync(prepare: exchange =>
        {
            if (group is not null) exchange.Authenticate(Consumer("c1", group), null);
        });
        Assert.Equal(host, rig.Provider.Sent[0].To.Host);
    }

    [Theory]
    [InlineData("""{"header":{"name":"X-Try"}}""", "yes", "canary.test")]
    [InlineData("""{"header":{"name":"X-Try"}}""", null, "stable.test")]
    [InlineData("""{"header":{"name":"X-Try","values":["on"]}}""", "on", "canary.test")]
    [InlineData("""{"header":{"name":"X-Try","values":["on"]}}""", "off", "stable.test")]
    [InlineData("""{"header":{"name":"X-Try"},"consumer_groups":["gold"]}""", "yes", "stable.test")]
    public async Task Gets_the_calls_with_a_header(string canary, string? value, string host)
    {
        var rig = new ProxyRig(Config(canary));
        await rig.AskAsync(prepare: exchange =>
        {
            if (value is not null) exchange.Http.Request.Headers["X-Try"] = value;
        });
        Assert.Equal(host, rig.Provider.Sent[0].To.Host);
    }

    [Fact]
    public async Task Is_made_good_by_the_others_and_never_stands_in_for_them()
    {
        var rig = new ProxyRig(Config("""{"header":{"name":"X-Try"}}"""));
        rig.Provider.Answer = static message => message.To.Host == "canary.test"
            ? new ScriptedReply(0) { NoAnswer = UpstreamFailure.Unreachable } : ScriptedReply.Json(ChatAnswers.Whole);
        Assert.Equal(200, (await rig.AskAsync(prepare: static exchange => exchange.Http.Request.Headers["X-Try"] = "1")).Status);
        rig.Provider.Answer = static _ => new ScriptedReply(0) { NoAnswer = UpstreamFailure.Unreachable };
        rig.Provider.Sent.Clear();
        Assert.Equal(502, (await rig.AskAsync()).Status);
        Assert.Single(rig.Provider.Sent);
    }

    static Consumer Consumer(string id, string group) => new(id, id, null, [], [new ConsumerGroup("g", group)], [], default);

    static string Config(string canary) => $$"""
        {"targets":[
          {"canary":{{canary}},"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://canary.test"} } },
          {"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://stable.test"} } }
        ]}
        """;
}
