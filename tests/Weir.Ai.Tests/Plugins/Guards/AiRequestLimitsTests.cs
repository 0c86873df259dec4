using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class AiRequestLimitsTests
{
    [Theory]
    [InlineData("""{"max_messages":0}""", "max_messages")]
    [InlineData("""{"max_tools":-1}""", "max_tools")]
    [InlineData("""{"max_prompt_tokens":"many"}""", "max_prompt_tokens")]
    [InlineData("""{"max_output_tokens":0}""", "max_output_tokens")]
    [InlineData("""{"max_choices":0}""", "max_choices")]
    [InlineData("""{"max_media":-1}""", "max_media")]
    [InlineData("""{"modalities":[]}""", "modalities")]
    [InlineData("""{"modalities":["smell"]}""", "modalities[0]")]
    [InlineData("""{"allow_models":[]}""", "allow_models")]
    [InlineData("""{"deny_models":"x","max_messages":1,"y":1}""", "y")]
    [InlineData("""{"max_request_body_size":-1}""", "max_request_body_size")]
    [InlineData("""{"require_output_limit":1}""", "require_output_limit")]
    [InlineData("""{"llm_format":"klingon"}""", "llm_format")]
    public void Refuses_bad_configuration(string config, string field) =>
        Assert.Contains(LlmExchange.Check<AiRequestLimits, AiRequestLimits.Config>(config), problem => problem.Field == field);

    [Fact]
    public void Warns_when_it_limits_nothing()
    {
        var problems = new Problems();
        AiRequestLimits.Check(new(), problems);
        Assert.Single(problems.Warnings);
        Assert.Empty(problems.Found);
    }

    [Theory]
    [MemberData(nameof(Speaker.Pairs), MemberType = typeof(Speaker))]
    public async Task Refuses_in_the_clients_dialect_and_passes_what_is_within_limits(string client, string provider)
    {
        var speaker = Speaker.Of(client);
        var strict = await speaker.AskAsync(Rig("""{"max_prompt_tokens":20}""", provider), string.Join(' ', Enumerable.Repeat("word", 200)), isStream: false);
        Assert.Equal(413, strict.Status);
        Assert.Contains("at most 20 are allowed", speaker.Dialect.ReadError(413, strict.Bytes).Message, StringComparison.Ordinal);

        var rig = Rig("""{"max_prompt_tokens":100,"max_messages":1,"max_tools":0,"modalities":["text"],"allow_models":["m"],"max_media":0}""", provider)
            .Answer(Speaker.Say(speaker.WireOf(provider), isStream: false, 9, (ReplyPartKind.Text, "ok")));
        Assert.Equal(200, (await speaker.AskAsync(rig, "hi", isStream: false)).Status);
    }

    [Theory]
    [InlineData("""{"max_messages":1}""", LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""",
        400, "2 messages are too many; at most 1 are allowed")]
    [InlineData("""{"max_messages":1}""", LlmExchange.Gemini,
        """{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}]}""", 400, "2 messages are too many")]
    [InlineData("""{"max_tools":0}""", LlmExchange.Anthropic,
        """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a"}],"tools":[{"name":"f","input_schema":{"type":"object"}}]}""",
        400, "1 tools are too many; at most 0 are allowed")]
    [InlineData("""{"max_output_tokens":10}""", LlmExchange.Chat, """{"model":"m","max_completion_tokens":11,"messages":[]}""", 400, "11 output tokens")]
    [InlineData("""{"max_output_tokens":10}""", LlmExchange.Responses, """{"model":"m","max_output_tokens":11,"input":"a"}""", 400, "11 output tokens")]
    [InlineData("""{"max_output_tokens":10}""", LlmExchange.Gemini,
        """{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"maxOutputTokens":11}}""", 400, "11 output tokens are too many")]
    [InlineData("""{"require_output_limit":true}""", LlmExchange.Chat, """{"model":"m","messages":[]}""", 400, "a limit of output tokens is required")]
    [InlineData("""{"max_choices":1}""", LlmExchange.Chat, """{"model":"m","n":2,"messages":[]}""", 400, "2 choices are too many")]
    [InlineData("""{"max_choices":1}""", "/v1/images/generations", """{"model":"m","n":2,"prompt":"a"}""", 400, "2 choices are too many")]
    [InlineData("""{"modalities":["text"]}""", LlmExchange.Chat,
        """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}""",
        400, "content of the kind image is not allowed here")]
    [InlineData("""{"modalities":["text","image"]}""", LlmExchange.Chat,
        """{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}""", 400, "kind audio")]
    [InlineData("""{"modalities":["text","image"]}""", LlmExchange.Anthropic,
        """
        {"model":"m","max_tokens":5,"messages":[{"role":"user","content":[
         {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}}]}]}
        """, 400, "kind file")]
    [InlineData("""{"modalities":["text"]}""", LlmExchange.Gemini,
        """{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"video/mp4","data":"AAAA"}}]}]}""", 400, "kind video")]
    [InlineData("""{"modalities":["text"]}""", LlmExchange.Anthropic,
        """
        {"model":"m","max_tokens":5,"messages":[{"role":"user","content":"a"},
         {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[
          {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}]}
        """, 400, "kind image")]
    [InlineData("""{"max_media":0}""", LlmExchange.Chat,
        """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}""", 400, "1 images, recordings")]
    [InlineData("""{"allow_models":["gpt-*"]}""", LlmExchange.Chat, """{"model":"m","messages":[]}""", 403, "model m may not be called here")]
    [InlineData("""{"deny_models":["gemini-*"]}""", LlmExchange.Gemini, """{"contents":[]}""", 403, "model gemini-2.5-flash may not")]
    [InlineData("""{"allow_models":["*"],"deny_models":["M"]}""", LlmExchange.Embeddings, """{"model":"m","input":"a"}""", 403, "model m may not")]
    [InlineData("""{"max_request_body_size":10}""", LlmExchange.Chat, """{"model":"m","messages":[]}""", 413, "larger than the limit of 10 bytes")]
    [InlineData("""{"max_tools":1}""", LlmExchange.Chat, """{"model":"m","messages":7}""", 400, "messages")]
    [InlineData("""{"max_tools":1}""", LlmExchange.Chat, "[", 400, "JSON")]
    public async Task Refuses(string config, string path, string body, int status, string message)
    {
        var limits = LlmExchange.Create<AiRequestLimits, AiRequestLimits.Config>(config);
        var refused = await limits.RunAsync(LlmExchange.Of(path, body));
        Assert.Equal(status, refused?.Status);
        Assert.Contains(message, refused!.Value.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"allow_models":["GPT-*"]}""", LlmExchange.Chat, """{"model":"gpt-4o","messages":[]}""")]
    [InlineData("""{"allow_models":["x"]}""", LlmExchange.Chat, """{"messages":[]}""")]
    [InlineData("""{"max_output_tokens":10}""", LlmExchange.Chat, """{"model":"m","max_tokens":10,"messages":[]}""")]
    [InlineData("""{"modalities":["text"]}""", LlmExchange.Chat,
        """{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""")]
    [InlineData("""{"max_request_body_size":0,"max_tools":1}""", LlmExchange.Chat, """{"model":"m","messages":[]}""")]
    [InlineData("""{"llm_format":"gemini","max_messages":1}""", "/chat", """{"contents":[{"role":"user","parts":[{"text":"a"}]}]}""")]
    public async Task Passes(string config, string path, string body) =>
        Assert.Null(await LlmExchange.Create<AiRequestLimits, AiRequestLimits.Config>(config).RunAsync(LlmExchange.Of(path, body)));

    static LlmRig Rig(string config, string provider) => new LlmRig().With<AiRequestLimits, AiRequestLimits.Config>(config).Proxy(provider);
}
