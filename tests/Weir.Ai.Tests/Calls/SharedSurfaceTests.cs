using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

/// <summary>Plugins before the one that sends a call read it as that one does, where the path does not tell what it is.</summary>
public sealed class SharedSurfaceTests
{
    const string Guard = """{"deny_patterns":["evil"]}""";

    [Theory]
    [InlineData("anthropic", """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"TEXT"}]}]}""")]
    [InlineData("gemini", """{"contents":[{"role":"user","parts":[{"text":"TEXT"}]}]}""")]
    [InlineData("bedrock", """{"messages":[{"role":"user","content":[{"text":"TEXT"}]}]}""")]
    [InlineData("cohere", """{"model":"m","messages":[{"role":"user","content":"TEXT"}]}""")]
    public async Task A_guard_takes_the_dialect_of_the_proxy_plugin(string format, string body)
    {
        var speaker = Speaker.All.First(one => one.Provider == format);
        var rig = Rig(format, $",\"llm_format\":\"{format}\"");
        var refused = await rig.RunAsync("/chat", body.Replace("TEXT", "be evil", StringComparison.Ordinal));
        Assert.Equal(400, refused.Status);
        Assert.Equal("bad request", speaker.Dialect.ReadError(400, refused.Bytes).Message);

        rig.Answer(Speaker.Say(speaker.Dialect, isStream: false, 9, (ReplyPartKind.Text, "ok")));
        var answer = await rig.RunAsync("/chat", body.Replace("TEXT", "hi", StringComparison.Ordinal));
        Assert.Equal("ok", speaker.Hear(answer, isStream: false).TextOf(ReplyPartKind.Text));
    }

    [Theory]
    [InlineData("llm/v1/completions", """{"model":"m","prompt":"be evil"}""")]
    [InlineData("llm/v1/responses", """{"model":"m","input":"be evil"}""")]
    [InlineData("llm/v1/embeddings", """{"model":"m","input":"be evil"}""")]
    public async Task And_its_route_type(string type, string body)
    {
        var refused = await Rig("openai", $",\"route_type\":\"{type}\"").RunAsync("/chat", body);
        Assert.Equal(400, refused.Status);
        Assert.Contains("bad request", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_tells_is_stronger()
    {
        var refused = await Rig("gemini", ",\"llm_format\":\"gemini\"").RunAsync(LlmExchange.Responses, """{"model":"m","input":"be evil"}""");
        Assert.Contains("bad request", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_plugin_has_made_of_the_body_is_what_counts()
    {
        var exchange = LlmExchange.Of(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
        exchange.Upstream.Body = """{"model":"m","messages":[{"role":"user","content":"evil"}]}"""u8.ToArray();
        var guard = LlmExchange.Create<AiPromptGuard, AiPromptGuard.Config>(Guard);
        Assert.Equal((400, "bad request"), await guard.RunAsync(exchange));
    }

    static LlmRig Rig(string provider, string more) => new LlmRig().With<AiPromptGuard, AiPromptGuard.Config>(Guard).Proxy(provider, more);
}
