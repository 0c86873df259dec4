using System.Net;

namespace Weir.Ai.Tests;

public sealed class AccessRulesTests
{
    [Theory]
    [InlineData("""{"allow":[]}""", "allow", "")]
    [InlineData("""{"deny":[]}""", "deny", "")]
    [InlineData("""{"allow":[{}]}""", "match", "")]
    [InlineData("""{"allow":[{"match":[]}]}""", "match", "")]
    [InlineData("""{"allow":[{"match":[{"type":"ip"}]}]}""", "values", "")]
    [InlineData("""{"allow":[{"match":[{"type":"ip","values":[]}]}]}""", "values", "")]
    [InlineData("""{"allow":[{"match":[{"type":"user","values":["x"]}]}]}""", "type", "consumer")]
    [InlineData("""{"allow":[{"match":[{"values":["x"]}]}]}""", "type", "")]
    [InlineData("""{"allow":[{"match":[{"type":"ip","values":["10.0.0.0/8","10.0.0","::g"]}]}]}""", "acls.allow[0].match[0].values[1]", "no IP address")]
    [InlineData("""{"allow":[{"match":[{"type":"ip","values":["10.0.0.0/33"]}]}]}""", "acls.allow[0].match[0].values[0]", "no IP address")]
    [InlineData("""{"deny":[{"match":[{"type":"header","values":["x"]}]}]}""", "acls.deny[0].match[0].key", "is required")]
    [InlineData("""{"deny":[{"match":[{"type":"consumer","key":"name","values":["x"]}]}]}""", "acls.deny[0].match[0].key", "id, username")]
    [InlineData("""{"deny":[{"match":[{"type":"consumer_group","key":"username","values":["x"]}]}]}""", "acls.deny[0].match[0].key", "id, name")]
    [InlineData("""{"deny":[{"match":[{"type":"provider","values":["openia"]}]}]}""", "acls.deny[0].match[0].values[0]", "no provider 'openia'")]
    [InlineData("""{"deny":{"match":[]}}""", "deny", "")]
    [InlineData("""{"block":[]}""", "block", "")]
    public void Reports_rules_that_cannot_be(string acls, string field, string message)
    {
        var problems = ProxyRig.Check(Config(acls));
        Assert.Contains(problems, found => found.Field.EndsWith(field, StringComparison.Ordinal) && found.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"type":"consumer","values":["alice"]}""", true)]
    [InlineData("""{"type":"consumer","values":["id-alice"]}""", true)]
    [InlineData("""{"type":"consumer","key":"id","values":["alice"]}""", false)]
    [InlineData("""{"type":"consumer","key":"username","values":["id-alice"]}""", false)]
    [InlineData("""{"type":"consumer","values":["Alice","bob"]}""", false)]
    [InlineData("""{"type":"consumer_group","values":["gold"]}""", true)]
    [InlineData("""{"type":"consumer_group","values":["silver"]}""", true)]
    [InlineData("""{"type":"consumer_group","key":"id","values":["gold"]}""", false)]
    [InlineData("""{"type":"consumer_group","key":"id","values":["g1"]}""", true)]
    [InlineData("""{"type":"header","key":"x-team","values":["red"]}""", true)]
    [InlineData("""{"type":"header","key":"X-Team","values":["blue"]}""", true)]
    [InlineData("""{"type":"header","key":"X-Team","values":["red,blue"]}""", false)]
    [InlineData("""{"type":"header","key":"X-None","values":["red"]}""", false)]
    [InlineData("""{"type":"ip","values":["10.1.2.3"]}""", true)]
    [InlineData("""{"type":"ip","values":["10.1.0.0/16"]}""", true)]
    [InlineData("""{"type":"ip","values":["10.2.0.0/16","::1"]}""", false)]
    [InlineData("""{"type":"model","values":["gpt-4o"]}""", true)]
    [InlineData("""{"type":"model","values":["gpt-5"]}""", false)]
    [InlineData("""{"type":"path","values":["/v1/chat/completions"]}""", true)]
    [InlineData("""{"type":"path","values":["/v1"]}""", false)]
    [InlineData("""{"type":"provider","values":["openai"]}""", true)]
    [InlineData("""{"type":"provider","values":["anthropic"]}""", false)]
    [InlineData("""{"type":"authenticated_groups","values":["staff"]}""", true)]
    [InlineData("""{"type":"authenticated_groups","values":["gold"]}""", false)]
    public async Task Matches_what_its_type_says(string match, bool matches)
    {
        var allowing = new ProxyRig(Config($$"""{"allow":[{"match":[{{match}}]}]}"""));
        Assert.Equal(matches ? 200 : 403, (await allowing.AskAsync(prepare: Alice)).Status);
        var denying = new ProxyRig(Config($$"""{"deny":[{"match":[{{match}}]}]}"""));
        Assert.Equal(matches ? 403 : 200, (await denying.AskAsync(prepare: Alice)).Status);
    }

    [Fact]
    public async Task Wants_all_of_a_rule_and_any_of_the_rules()
    {
        const string Me = """{"type":"consumer","values":["alice"]}""";
        const string NotMe = """{"type":"consumer","values":["bob"]}""";
        const string Here = """{"type":"ip","values":["10.0.0.0/8"]}""";
        Assert.Equal(200, await StatusAsync($$"""{"allow":[{"match":[{{Me}},{{Here}}]}]}"""));
        Assert.Equal(403, await StatusAsync($$"""{"allow":[{"match":[{{NotMe}},{{Here}}]}]}"""));
        Assert.Equal(200, await StatusAsync($$"""{"allow":[{"match":[{{NotMe}}]},{"match":[{{Here}}]}]}"""));
        Assert.Equal(403, await StatusAsync($$"""{"allow":[{"match":[{{Me}}]}],"deny":[{"match":[{{Here}}]}]}"""));
        Assert.Equal(200, await StatusAsync($$"""{"allow":[{"match":[{{Me}}]}],"deny":[{"match":[{{Here}},{{NotMe}}]}]}"""));
    }

    [Fact]
    public async Task Takes_an_address_of_the_other_family_for_what_it_is()
    {
        var rig = new ProxyRig(Config("""{"deny":[{"match":[{"type":"ip","values":["10.0.0.0/8"]}]}]}"""));
        Assert.Equal(403, (await rig.AskAsync(prepare: static exchange => exchange.ClientIp = IPAddress.Parse("::ffff:10.1.2.3"))).Status);
    }

    [Fact]
    public async Task Matches_nobody_known_by_no_rule_of_consumers()
    {
        var rig = new ProxyRig(Config("""{"allow":[{"match":[{"type":"consumer","values":["alice"]}]}]}"""));
        Assert.Equal(403, (await rig.AskAsync()).Status);
        Assert.Empty(rig.Provider.Sent);
    }

    [Fact]
    public async Task Takes_targets_out_of_a_callers_choice()
    {
        var rig = new ProxyRig("""
            {"acls":{"deny":[{"match":[{"type":"provider","values":["groq"]}]}]},"targets":[
              {"weight":1000,"model":{"provider":"groq","name":"gpt-4o","options":{"upstream_url":"http://a.test"}}},
              {"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://b.test"}}}
            ]}
            """);
        for (var i = 0; i < 5; i++) Assert.Equal(200, (await rig.AskAsync()).Status);
        Assert.All(rig.Provider.Sent, static sent => Assert.Equal("b.test", sent.To.Host));
    }

    [Theory]
    [InlineData("fast", 403)]
    [InlineData("gpt-4o", 403)]
    [InlineData("mini", 200)]
    public async Task Knows_a_model_by_its_alias_and_by_its_name(string denied, int status)
    {
        var rig = new ProxyRig($$"""
            {"acls":{"deny":[{"match":[{"type":"model","values":["{{denied}}"]}]}]},"targets":[
              {"model":{"provider":"openai","name":"gpt-4o","model_alias":"fast","options":{"upstream_url":"http://a.test"} } }
            ]}
            """);
        Assert.Equal(status, (await rig.AskAsync("/v1/chat/completions", """{"model":"fast","messages":[{"role":"user","content":"x"}]}""")).Status);
    }

    [Fact]
    public async Task Refuses_in_the_clients_dialect()
    {
        var rig = new ProxyRig(Config("""{"deny":[{"match":[{"type":"provider","values":["openai"]}]}]}"""));
        var got = await rig.AskAsync("/v1/messages", """{"model":"gpt-4o","max_tokens":9,"messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(403, got.Status);
        Assert.Contains("\"permission_error\"", got.Body, StringComparison.Ordinal);
    }

    static async Task<int> StatusAsync(string acls) => (await new ProxyRig(Config(acls)).AskAsync(prepare: Alice)).Status;

    static void Alice(Weir.Exchange exchange)
    {
        exchange.Authenticate(
            new Consumer("id-alice", "alice", null, [], [new ConsumerGroup("g1", "gold"), new ConsumerGroup("g2", "silver")], [], default),
            new Credential("c", "id-alice", null));
        exchange.ClientIp = IPAddress.Parse("10.1.2.3");
        exchange.Http.Request.Headers["X-Team"] = new(["red", "blue"]);
        exchange.AuthenticatedGroups = ["staff"];
    }

    static string Config(string acls) =>
        $$"""{"acls":{{acls}},"targets":[{"model":{"provider":"openai","name":"gpt-4o","options":{"upstream_url":"http://a.test"} } }]}""";
}
