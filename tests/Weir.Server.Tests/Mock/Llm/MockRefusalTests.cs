namespace Weir.Server.Tests;

/// <summary>What a provider would refuse, the mock refuses, in the provider's words: a wrong translation shows.</summary>
public sealed class MockRefusalTests : IAsyncLifetime
{
    MockRig _mock = null!;

    public async ValueTask InitializeAsync() => _mock = await MockRig.StartAsync();

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    const string Weather = """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}""";
    const string Call = """{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]}""";

    [Theory]
    [InlineData("""{}""", "Missing required parameter: 'model'.")]
    [InlineData("""{"model":"gpt-4o"}""", "Missing required parameter: 'messages'.")]
    [InlineData("""{"model":"gpt-4o","messages":[]}""", "empty array")]
    [InlineData("""{"model":"gpt-4o","messages":"hi"}""", "Invalid type for 'messages': expected an array, but got a string instead.")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"robot","content":"hi"}]}""", "Invalid value: 'robot'. Supported values are: 'system'")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user"}]}""", "Missing required parameter: 'messages[0].content'.")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"thinking":{}}""", "Unknown parameter: 'thinking'.")]
    [InlineData("""{"model":"gpt-5","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""", "Use 'max_completion_tokens' instead.")]
    [InlineData("""{"model":"gpt-4o","temperature":3,"messages":[{"role":"user","content":"hi"}]}""", "Expected a value <= 2, but got 3 instead.")]
    [InlineData("""{"model":"gpt-4o","stream_options":{},"messages":[{"role":"user","content":"hi"}]}""", "only allowed when 'stream' is enabled")]
    [InlineData("""{"model":"gpt-4o","tool_choice":"auto","messages":[{"role":"user","content":"hi"}]}""", "only allowed when 'tools' are specified")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"tool","tool_call_id":"x","content":"hi"}]}""", "must be a response to a preceeding message")]
    [InlineData("""{"model":"gpt-4o","tools":[""" + Weather + """],"messages":[{"role":"user","content":"hi"},""" + Call + "]}",
        "did not have response messages: c1")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"messages":[]}""", "could not parse")]
    public Task Refuses_what_openai_refuses(string body, string message) => RefusesAsync(MockRig.Chat, body, message);

    [Theory]
    [InlineData("""{"model":"c","messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"c","max_tokens":9,"messages":[{"role":"system","content":"hi"}]}""", "accepts a top-level `system` parameter")]
    [InlineData("""{"model":"c","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""", "roles must alternate")]
    [InlineData("""{"model":"c","max_tokens":9,"messages":[{"role":"assistant","content":"a"}]}""", "first message must use the")]
    [InlineData("""{"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}""", "text content blocks must be non-empty")]
    [InlineData("""{"model":"c","max_tokens":9,"messages":[{"role":"user","content":""}]}""", "all messages must have non-empty content")]
    [InlineData("""{"model":"c","max_tokens":9,"temperature":1.5,"messages":[{"role":"user","content":"a"}]}""",
        "temperature: Input should be less than or equal to 1")]
    [InlineData("""{"model":"c","max_tokens":9,"frequency_penalty":1,"messages":[{"role":"user","content":"a"}]}""",
        "frequency_penalty: Extra inputs are not permitted")]
    [InlineData("""{"model":"c","max_tokens":9,"thinking":{"type":"enabled","budget_tokens":10},"messages":[{"role":"user","content":"a"}]}""",
        "greater than or equal to 1024")]
    [InlineData("""{"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"x"}]}]}""",
        "unexpected `tool_use_id`")]
    public Task Refuses_what_anthropic_refuses(string body, string message) => RefusesAsync(MockRig.Messages, body, message);

    [Theory]
    [InlineData("""{}""", "contents is not specified")]
    [InlineData("""{"contents":[{"role":"assistant","parts":[{"text":"a"}]}]}""", "Please use a valid role: user, model.")]
    [InlineData("""{"contents":[{"role":"user","parts":[]}]}""", "parts must not be empty")]
    [InlineData("""{"contents":[{"parts":[{"text":"a"}]}],"max_tokens":5}""", "Unknown name \\u0022maxTokens\\u0022|Unknown name \\\"maxTokens\\\"")]
    [InlineData("""{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseSchema":{"type":"object"}}}""", "only allowed when response_mime_type")]
    public Task Refuses_what_gemini_refuses(string body, string message) => RefusesAsync(MockRig.Generate, body, message);

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"a"}]},{"role":"user","content":[{"text":"b"}]}]}""",
        "must alternate between user and assistant")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":" "}]}]}""", "is blank")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}""", "must set one of the following keys")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"a"}]}],"max_tokens":4}""", "extraneous key [max_tokens]")]
    public Task Refuses_what_bedrock_refuses(string body, string message) => RefusesAsync(MockRig.Converse, body, message);

    [Theory]
    [InlineData("""{"model":"command-a"}""", "messages is required")]
    [InlineData("""{"model":"command-a","messages":[{"role":"user","content":"a"}],"top_p":1}""", "unknown field: parameter 'top_p'")]
    [InlineData("""{"model":"command-a","messages":[{"role":"user","content":"a"}],"tool_choice":"auto"}""", "tool_choice must be one of")]
    public Task Refuses_what_cohere_refuses(string body, string message) => RefusesAsync(MockRig.Cohere, body, message);

    [Fact]
    public async Task Asks_for_a_key_only_when_told_to()
    {
        await using var strict = await MockRig.StartAsync(requiresKey: true);
        const string body = """{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}""";
        Assert.Equal(200, (await _mock.TryAsync(MockRig.Chat, body)).Status);
        Assert.Equal(401, (await strict.TryAsync(MockRig.Chat, body)).Status);
        Assert.Equal(401, (await strict.TryAsync(MockRig.Chat, body, ("Authorization", "Bearer wrong-key"))).Status);
        Assert.Equal(200, (await strict.TryAsync(MockRig.Chat, body, ("Authorization", "Bearer a-key"))).Status);
        Assert.Equal(403, (await strict.TryAsync(MockRig.Converse, "{}")).Status);
        Assert.Equal(401, (await strict.TryAsync(MockRig.Generate, "{}")).Status);
    }

    /// <param name="path">Where to send it.</param>
    /// <param name="body">The request.</param>
    /// <param name="message">What the answer must hold: one of several, separated by bars.</param>
    async Task RefusesAsync(string path, string body, string message)
    {
        var (status, answer) = await _mock.TryAsync(path, body);
        Assert.Equal(400, status);
        Assert.Contains(message.Split('|'), part => answer.Contains(part, StringComparison.Ordinal));
    }
}
