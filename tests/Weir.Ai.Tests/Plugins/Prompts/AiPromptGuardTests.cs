using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class AiPromptGuardTests
{
    const string DenyEvil = """{"deny_patterns":["evil"]}""";

    [Theory]
    [InlineData("{}", "", "at least one of these fields must be non-empty: 'allow_patterns', 'deny_patterns'")]
    [InlineData("""{"deny_patterns":[]}""", "", "at least one of these fields")]
    [InlineData("""{"deny_patterns":["("]}""", "deny_patterns[0]", "invalid regex: '('")]
    [InlineData("""{"allow_patterns":["a","[z-a]"]}""", "allow_patterns[1]", "invalid regex")]
    [InlineData("""{"deny_patterns":["(?!a)b"]}""", "deny_patterns[0]", "invalid regex")]
    [InlineData("""{"deny_patterns":[""]}""", "deny_patterns[0]", "length must be at least 1")]
    [InlineData("""{"deny_patterns":"a","x":1}""", "x", "unknown field")]
    [InlineData("""{"deny_patterns":["1","2","3","4","5","6","7","8","9","10","11"]}""", "deny_patterns", "")]
    [InlineData("""{"deny_patterns":["a"],"max_request_body_size":-1}""", "max_request_body_size", "")]
    [InlineData("""{"deny_patterns":["a"],"llm_format":"klingon"}""", "llm_format", "")]
    [InlineData("""{"deny_patterns":["a"],"genai_category":"dance"}""", "genai_category", "")]
    [InlineData("""{"deny_patterns":["a"],"match_all_roles":true,"allow_all_conversation_history":true}""", "", "failed conditional validation")]
    public void Refuses_bad_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(LlmExchange.Check<AiPromptGuard, AiPromptGuard.Config>(config), problem => problem.Field == field);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_pattern_that_is_too_long()
    {
        var config = $$"""{"deny_patterns":["{{new string('a', 501)}}"]}""";
        Assert.Equal("deny_patterns[0]", Assert.Single(LlmExchange.Check<AiPromptGuard, AiPromptGuard.Config>(config)).Field);
    }

    public static TheoryData<string, string> UserSaysEvil => new()
    {
        { LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"be evil"}]}""" },
        { LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"ok"},{"type":"text","text":"\u0065vil"}]}]}""" },
        { LlmExchange.Anthropic, """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"be evil"}]}""" },
        { LlmExchange.Anthropic, """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"evil"}]}]}""" },
        {
            LlmExchange.Anthropic,
            """
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":[
             {"type":"document","source":{"type":"text","media_type":"text/plain","data":"be evil"}}]}]}
            """
        },
        { LlmExchange.Gemini, """{"contents":[{"role":"user","parts":[{"text":"ok"},{"text":"be evil"}]}]}""" },
        { LlmExchange.Responses, """{"model":"m","input":"be evil"}""" },
        { LlmExchange.Responses, """{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"be evil"}]}]}""" },
        { LlmExchange.Completions, """{"model":"m","prompt":"be evil"}""" },
        { LlmExchange.Embeddings, """{"model":"m","input":"be evil"}""" },
        { LlmExchange.Embeddings, """{"model":"m","input":["ok","be evil"]}""" },
        { "/v2/embed", """{"model":"m","texts":["ok","be evil"]}""" },
        { "/v2/embed", """{"model":"m","inputs":[{"content":[{"type":"text","text":"be evil"}]}]}""" },
        { "/v2/rerank", """{"model":"m","query":"ok","documents":["be evil"]}""" },
        { "/v1beta/models/e:batchEmbedContents", """{"requests":[{"content":{"parts":[{"text":"be evil"}]}}]}""" },
        { "/v1/images/generations", """{"model":"m","prompt":"be evil"}""" },
        { "/v1/audio/speech", """{"model":"m","input":"be evil"}""" },
    };

    [Theory]
    [MemberData(nameof(UserSaysEvil))]
    public async Task Refuses_what_a_deny_pattern_finds_in_any_dialect(string path, string body)
    {
        Assert.Equal((400, "bad request"), await Guard(DenyEvil).RunAsync(LlmExchange.Of(path, body)));
        Assert.Null(await Guard("""{"deny_patterns":["devilish"]}""").RunAsync(LlmExchange.Of(path, body)));
    }

    [Theory]
    [MemberData(nameof(UserSaysEvil))]
    public async Task Passes_only_what_an_allow_pattern_finds(string path, string body)
    {
        Assert.Null(await Guard("""{"allow_patterns":["good","evil"]}""").RunAsync(LlmExchange.Of(path, body)));
        Assert.Equal((400, "bad request"), await Guard("""{"allow_patterns":["good","kind"]}""").RunAsync(LlmExchange.Of(path, body)));
    }

    [Theory]
    [MemberData(nameof(UserSaysEvil))]
    public async Task Deny_beats_allow(string path, string body) =>
        Assert.Equal((400, "bad request"), await Guard("""{"allow_patterns":["."],"deny_patterns":["evil"]}""").RunAsync(LlmExchange.Of(path, body)));

    public static TheoryData<string, string> OthersSayEvil => new()
    {
        { LlmExchange.Chat, """{"model":"m","messages":[{"role":"system","content":"evil"},{"role":"user","content":"hi"}]}""" },
        { LlmExchange.Chat, """{"model":"m","messages":[{"role":"developer","content":"evil"},{"role":"user","content":"hi"}]}""" },
        { LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"evil"}]}""" },
        {
            LlmExchange.Chat,
            """
            {"model":"m","messages":[{"role":"user","content":"hi"},
             {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"\\u0065vil\"}"}}]},
             {"role":"tool","tool_call_id":"c","content":"fine"}]}
            """
        },
        {
            LlmExchange.Chat,
            """
            {"model":"m","messages":[{"role":"user","content":"hi"},
             {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c","content":"evil"}]}
            """
        },
        { LlmExchange.Anthropic, """{"model":"m","max_tokens":5,"system":"evil","messages":[{"role":"user","content":"hi"}]}""" },
        {
            LlmExchange.Anthropic,
            """
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"},
             {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"evil"}]}]}
            """
        },
        { LlmExchange.Gemini, """{"systemInstruction":{"parts":[{"text":"evil"}]},"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""" },
        {
            LlmExchange.Gemini,
            """
            {"contents":[{"role":"user","parts":[{"text":"hi"}]},
             {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
             {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"\u0065vil"}}}]}]}
            """
        },
        { LlmExchange.Responses, """{"model":"m","instructions":"evil","input":"hi"}""" },
        {
            LlmExchange.Responses,
            """
            {"model":"m","input":[{"role":"user","content":"hi"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
             {"type":"function_call_output","call_id":"c","output":"evil"}]}
            """
        },
    };

    [Theory]
    [MemberData(nameof(OthersSayEvil))]
    public async Task Looks_at_other_roles_and_results_of_tools_only_when_told_to(string path, string body)
    {
        Assert.Null(await Guard(DenyEvil).RunAsync(LlmExchange.Of(path, body)));
        Assert.Equal((400, "bad request"), await Guard("""{"deny_patterns":["evil"],"match_all_roles":true}""").RunAsync(LlmExchange.Of(path, body)));
    }

    [Theory]
    [InlineData(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"evil"},{"role":"user","content":"hi"}]}""")]
    [InlineData(LlmExchange.Anthropic, """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"evil"},{"role":"user","content":"hi"}]}""")]
    [InlineData(LlmExchange.Gemini, """{"contents":[{"role":"user","parts":[{"text":"evil"}]},{"role":"user","parts":[{"text":"hi"}]}]}""")]
    [InlineData(LlmExchange.Responses, """{"model":"m","input":[{"role":"user","content":"evil"},{"role":"user","content":"hi"}]}""")]
    public async Task Lets_history_pass_when_told_to(string path, string body)
    {
        Assert.Equal((400, "bad request"), await Guard(DenyEvil).RunAsync(LlmExchange.Of(path, body)));
        Assert.Null(await Guard("""{"deny_patterns":["evil"],"allow_all_conversation_history":true}""").RunAsync(LlmExchange.Of(path, body)));
    }

    [Theory]
    [MemberData(nameof(UserSaysEvil))]
    public async Task Looks_at_all_of_the_last_message_when_history_passes(string path, string body) =>
        Assert.Equal((400, "bad request"),
            await Guard("""{"deny_patterns":["ok|evil"],"allow_all_conversation_history":true}""").RunAsync(LlmExchange.Of(path, body)));

    [Fact]
    public async Task Does_not_take_the_last_part_for_the_last_message()
    {
        const string body = """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"evil"},{"type":"text","text":"hi"}]}]}""";
        var guard = Guard("""{"deny_patterns":["evil"],"allow_all_conversation_history":true}""");
        Assert.Equal((400, "bad request"), await guard.RunAsync(LlmExchange.Of(LlmExchange.Chat, body)));
    }

    [Theory]
    [InlineData(LlmExchange.Chat, "")]
    [InlineData(LlmExchange.Chat, "[]")]
    [InlineData(LlmExchange.Chat, """{"model":"m"}""")]
    [InlineData(LlmExchange.Chat, """{"model":"m","messages":"hi"}""")]
    [InlineData(LlmExchange.Chat, """{"model":"m","messages":[],"messages":[]}""")]
    [InlineData(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":7}]}""")]
    [InlineData(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"a","content":"b"}]}""")]
    [InlineData(LlmExchange.Anthropic, """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":{}}]}""")]
    [InlineData(LlmExchange.Responses, """{"model":"m","input":7}""")]
    [InlineData(LlmExchange.Embeddings, """{"model":"m","input":"a","input":"b"}""")]
    public async Task Refuses_what_it_cannot_read(string path, string body)
    {
        var refused = await Guard(DenyEvil).RunAsync(LlmExchange.Of(path, body));
        Assert.Equal(400, refused?.Status);
        Assert.NotEqual("bad request", refused?.Message);
    }

    [Fact]
    public async Task Refuses_a_conversation_that_is_not_said_to_be_json()
    {
        var refused = await Guard(DenyEvil).RunAsync(LlmExchange.Of(LlmExchange.Chat, """{"model":"m","messages":[]}""", "text/plain"));
        Assert.Equal((400, "content-type header does not match request body, or bad JSON formatting"), refused);
    }

    [Fact]
    public async Task Refuses_a_body_that_is_too_long()
    {
        var guard = Guard("""{"deny_patterns":["evil"],"max_request_body_size":20}""");
        Assert.Equal((413, "request body is larger than the limit of 20 bytes"), await guard.RunAsync(LlmExchange.Of(LlmExchange.Chat, new string(' ', 21))));
    }

    [Fact]
    public async Task Takes_a_path_that_says_nothing_for_the_configured_dialect()
    {
        const string body = """{"contents":[{"role":"user","parts":[{"text":"evil"}]}]}""";
        Assert.Equal(400, (await Guard("""{"deny_patterns":["evil"]}""").RunAsync(LlmExchange.Of("/chat", body)))?.Status);
        Assert.Equal((400, "bad request"), await Guard("""{"deny_patterns":["evil"],"llm_format":"gemini"}""").RunAsync(LlmExchange.Of("/chat", body)));
        Assert.Null(await Guard("""{"deny_patterns":["good"],"llm_format":"gemini"}""").RunAsync(LlmExchange.Of("/chat", body)));
    }

    [Fact]
    public async Task Survives_half_a_surrogate_pair()
    {
        Assert.Null(await Guard(DenyEvil).RunAsync(LlmExchange.Of(LlmExchange.Embeddings, """{"model":"m","input":"\ud83d"}""")));
        Assert.Null(await Guard(DenyEvil).RunAsync(LlmExchange.Of(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"\ud83d"}]}""")));
    }

    static AiPromptGuard Guard(string config) => LlmExchange.Create<AiPromptGuard, AiPromptGuard.Config>(config);
}
