using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace Weir.Server.Tests;

/// <summary>What the mock answers: the same to the same question, exactly counted.</summary>
public sealed class MockAnswerTests : IAsyncLifetime
{
    MockRig _mock = null!;

    public async ValueTask InitializeAsync() => _mock = await MockRig.StartAsync();

    public ValueTask DisposeAsync() => _mock.DisposeAsync();

    static string Chat(string text, string more = "") => $$"""{"model":"gpt-4o","messages":[{"role":"user","content":"{{text}}"}]{{more}}}""";

    static string Message(string content, string more = "") =>
        $$"""{"model":"claude","max_tokens":3000,"messages":[{"role":"user","content":{{content}}}]{{more}}}""";

    [Fact]
    public async Task Says_back_what_it_is_told_and_counts_a_token_for_four_bytes()
    {
        var answer = await _mock.AskAsync(MockRig.Chat, Chat("Hello there"));
        Assert.Equal("You said: Hello there", (string?)answer["choices"]![0]!["message"]!["content"]);
        Assert.Equal((3, 6, 9), ((int)answer["usage"]!["prompt_tokens"]!, (int)answer["usage"]!["completion_tokens"]!, (int)answer["usage"]!["total_tokens"]!));
    }

    [Fact]
    public async Task Gives_the_same_answer_to_the_same_bytes()
    {
        var first = await _mock.AskAsync(MockRig.Chat, Chat("same"));
        var second = await _mock.AskAsync(MockRig.Chat, Chat("same"));
        Assert.Equal((string?)first["id"], (string?)second["id"]);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a"]}""", """{"a":"a"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}},"required":["a"],"$defs":{"x":{"enum":["red","blue"]}}}""", """{"a":"red"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"number","minimum":2.5},"minItems":2}},"required":["a"]}""",
        """{"a":[2.5,2.5]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["null","boolean"]}},"required":["a"]}""", """{"a":true}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"const":7},{"type":"string"}]}},"required":["a"]}""", """{"a":7}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","format":"date","minLength":12}},"required":["a"]}""", """{"a":"2026-01-01xx"}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"null"}},"required":["a"]}]}""", """{"a":null}""")]
    [InlineData("""{"$ref":"#"}""", """{}""")]
    public void Makes_the_smallest_instance_of_a_schema(string schema, string instance) =>
        Assert.Equal(instance, MockSchema.Instance(JsonNode.Parse(schema))!.ToJsonString());

    [Fact]
    public async Task Refuses_thoughts_that_come_back_altered()
    {
        const string thinking = ""","thinking":{"type":"enabled","budget_tokens":1024}""";
        var answer = await _mock.AskAsync(MockRig.Messages, Message("\"Hello\"", thinking));
        var thought = answer["content"]![0]!;
        Assert.Equal("thinking", (string?)thought["type"]);
        string Again(string text) => $$"""
            {"model":"claude","max_tokens":3000,"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":[
            {"type":"thinking","thinking":"{{text}}","signature":"{{thought["signature"]}}"},{"type":"text","text":"x"}]},{"role":"user","content":"and?"}]}
            """;
        Assert.Equal(200, (await _mock.TryAsync(MockRig.Messages, Again((string)thought["thinking"]!))).Status);
        var (status, body) = await _mock.TryAsync(MockRig.Messages, Again("something else"));
        Assert.Equal(400, status);
        Assert.Contains("messages.1.content.0: Invalid `signature` in `thinking` block", body);
    }

    [Fact]
    public async Task Writes_marked_prompts_into_the_cache_and_reads_them_from_there()
    {
        const string marked =
            """[{"type":"text","text":"a long text of 32 bytes, marked.","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"rest"}]""";
        var first = (await _mock.AskAsync(MockRig.Messages, Message(marked)))["usage"]!;
        var second = (await _mock.AskAsync(MockRig.Messages, Message(marked)))["usage"]!;
        Assert.Equal((1, 8, 0), Cache(first));
        Assert.Equal((1, 0, 8), Cache(second));
        Assert.Equal(8, (int)first["cache_creation"]!["ephemeral_1h_input_tokens"]!);

        static (int Input, int Written, int Read) Cache(JsonNode usage) =>
            ((int)usage["input_tokens"]!, (int)usage["cache_creation_input_tokens"]!, (int)usage["cache_read_input_tokens"]!);
    }

    [Fact]
    public async Task Caches_long_prompts_unasked_where_the_provider_does()
    {
        var body = Chat(new string('x', 5000));
        Assert.Equal(0, (int)(await _mock.AskAsync(MockRig.Chat, body))["usage"]!["prompt_tokens_details"]!["cached_tokens"]!);
        Assert.Equal(1152, (int)(await _mock.AskAsync(MockRig.Chat, body))["usage"]!["prompt_tokens_details"]!["cached_tokens"]!);
    }

    [Fact]
    public async Task Streams_as_many_chunks_as_tokens()
    {
        using var response = await _mock.SendAsync(MockRig.Chat, Chat("[mock: tokens=100]", ",\"stream\":true"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(100, text.Split("\"delta\":{\"content\":").Length - 1);
        Assert.EndsWith("data: [DONE]\n\n", text);
    }

    [Fact]
    public async Task Frames_bedrock_streams_with_lengths_that_add_up()
    {
        using var response = await _mock.SendAsync(MockRig.Converse + "-stream", """{"messages":[{"role":"user","content":[{"text":"hi"}]}]}""");
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var frames = 0;
        for (var at = 0; at < bytes.Length; frames++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            Assert.InRange(BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4)), 1, length - 16);
            at += length;
        }
        Assert.Equal(7, frames);
    }
}
