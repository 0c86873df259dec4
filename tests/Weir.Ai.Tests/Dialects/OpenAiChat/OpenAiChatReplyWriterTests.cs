using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

public sealed class OpenAiChatReplyWriterTests
{
    static readonly ReplyShape s_shape = new() { Id = "7", Unix = 5 };

    [Fact]
    public void Streams_every_kind_of_part()
    {
        var events = Stream(s_shape with { ShowsUsage = false, Losses = new Losses() }, Foreign());
        Assert.Equal(
            [
                """{"role":"assistant","content":""}""",
                """{"reasoning_content":"hm"}""",
                """{"reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"sig","format":"anthropic-claude-v1","index":0}]}""",
                """{"reasoning_details":[{"type":"reasoning.encrypted","data":"blob","format":"anthropic-claude-v1","index":0}]}""",
                """{"content":"Hi"}""",
                """{"tool_calls":[{"index":0,"id":"call_7_2","type":"function","function":{"name":"f","arguments":""}}]}""",
                """{"tool_calls":[{"index":0,"extra_content":{"google":{"thought_signature":"s2"}},"function":{"arguments":""}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}""",
                "{}",
                """{"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}""",
                "{}",
            ],
            events.SkipLast(1).Select(static chunk => JsonNode.Parse(chunk)!["choices"]![0]!["delta"]!.ToJsonString()));
        Assert.Equal("tool_calls", (string?)JsonNode.Parse(events[^2])!["choices"]![0]!["finish_reason"]);
        const string head = """{"id":"chatcmpl-7","object":"chat.completion.chunk","created":5,"model":"m","choices":[{"index":0,"delta":""";
        Assert.StartsWith(head, events[0], StringComparison.Ordinal);
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public void Writes_every_kind_of_part_whole()
    {
        var shape = s_shape with { Model = "mine", Losses = new Losses() };
        var answer = Whole(shape, Foreign());
        Assert.Equal("mine", (string?)answer["model"]);
        Assert.Equal(
            """
            {"role":"assistant","content":"Hi","reasoning_content":"hm","reasoning_details":[
            {"type":"reasoning.text","text":"hm","signature":"sig","format":"anthropic-claude-v1","index":0},
            {"type":"reasoning.encrypted","data":"blob","format":"anthropic-claude-v1","index":0}],"refusal":null,"tool_calls":[
            {"id":"call_7_2","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s2"}}}],
            "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}
            """.ReplaceLineEndings(""),
            answer["choices"]![0]!["message"]!.ToJsonString());
        Assert.Equal("""{"content":[{"token":"Hi"}],"refusal":null}""", answer["choices"]![0]!["logprobs"]!.ToJsonString());
        Assert.Equal(17, (int)answer["usage"]!["total_tokens"]!);
        Assert.Equal(["annotations", "promptFeedback", "server_tool_use"], shape.Losses.Names.Order());
    }

    [Fact]
    public void Shows_usage_only_to_those_who_asked()
    {
        var shown = Stream(s_shape with { Losses = new Losses() }, Foreign());
        Assert.Contains("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":7,\"total_tokens\":17", shown[^2], StringComparison.Ordinal);
        Assert.Contains("\"choices\":[],", shown[^2], StringComparison.Ordinal);
        var hidden = Stream(s_shape with { ShowsUsage = false, Losses = new Losses() }, Foreign());
        Assert.DoesNotContain(hidden, static chunk => chunk.Contains("usage", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(StopReason.EndTurn, "stop")]
    [InlineData(StopReason.StopSequence, "stop")]
    [InlineData(StopReason.Pause, "stop")]
    [InlineData(StopReason.MaxTokens, "length")]
    [InlineData(StopReason.ContextFull, "length")]
    [InlineData(StopReason.ToolCalls, "tool_calls")]
    [InlineData(StopReason.ContentFilter, "content_filter")]
    [InlineData(StopReason.Refusal, "content_filter")]
    [InlineData(StopReason.Other, "weird")]
    public void Says_why_it_stopped(object stop, string reason)
    {
        ReplyEvent[] events =
        [
            new() { Kind = ReplyEventKind.Started },
            new() { Kind = ReplyEventKind.Finished, Stop = (StopReason)stop, Name = "weird" },
            new() { Kind = ReplyEventKind.Ended },
        ];
        Assert.Equal(reason, (string?)Whole(s_shape, events)["choices"]![0]!["finish_reason"]);
        Assert.Equal(reason, (string?)JsonNode.Parse(Stream(s_shape, events)[^2])!["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public void A_refusal_in_words_stops_as_any_answer()
    {
        ReplyEvent[] events =
        [
            new() { Kind = ReplyEventKind.Started },
            new() { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.Refusal },
            new() { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Refusal, Text = "I won't." },
            new() { Kind = ReplyEventKind.Finished, Stop = StopReason.Refusal },
            new() { Kind = ReplyEventKind.Ended },
        ];
        var choice = Whole(s_shape, events)["choices"]![0]!;
        Assert.Equal("stop", (string?)choice["finish_reason"]);
        Assert.Equal("I won't.", (string?)choice["message"]!["refusal"]);
        Assert.Null(choice["message"]!["content"]);
    }

    [Fact]
    public void An_empty_answer_has_empty_content()
    {
        ReplyEvent[] events = [new() { Kind = ReplyEventKind.Started }, new() { Kind = ReplyEventKind.Finished }, new() { Kind = ReplyEventKind.Ended }];
        Assert.Equal("", (string?)Whole(s_shape, events)["choices"]![0]!["message"]!["content"]);
    }

    [Fact]
    public void Writes_the_error_of_a_failure()
    {
        var error = new LlmError(LlmErrorKind.Overloaded, 503, "busy");
        ReplyEvent[] events = [new() { Kind = ReplyEventKind.Started, Name = "m" }, new() { Kind = ReplyEventKind.Failed, Error = error }];
        Assert.Equal("busy", (string?)Whole(s_shape, events)["error"]!["message"]);
        var stream = Stream(s_shape, events);
        Assert.Equal("""{"error":{"message":"busy","type":"server_error","param":null,"code":"server_overloaded"}}""", stream[^2]);
        Assert.Equal("[DONE]", stream[^1]);
    }

    [Fact]
    public void Keeps_halves_of_a_surrogate_pair_in_chunks()
    {
        ReplyEvent[] events =
        [
            new() { Kind = ReplyEventKind.Started },
            new() { Kind = ReplyEventKind.PartStarted },
            new() { Kind = ReplyEventKind.Delta, Text = "\ud83d" },
            new() { Kind = ReplyEventKind.Delta, Text = "\ude00" },
        ];
        var chunks = Stream(s_shape, events);
        Assert.Contains("\"content\":\"\\ud83d\"", chunks[1], StringComparison.Ordinal);
        Assert.Contains("\"content\":\"\\ude00\"", chunks[2], StringComparison.Ordinal);
    }

    /// <summary>An answer of a provider with another wire.</summary>
    static ReplyEvent[] Foreign() =>
    [
        new() { Kind = ReplyEventKind.Started, Name = "m", Dialect = DialectName.Anthropic },
        new() { Kind = ReplyEventKind.Extra, Name = "promptFeedback", Json = JsonText.Of("{}") },
        new() { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.Reasoning },
        new() { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Reasoning, Text = "hm" },
        new() { Kind = ReplyEventKind.Signature, PartKind = ReplyPartKind.Reasoning, Text = "sig" },
        new() { Kind = ReplyEventKind.Encrypted, PartKind = ReplyPartKind.Reasoning, Text = "blob" },
        new() { Kind = ReplyEventKind.PartEnded, PartKind = ReplyPartKind.Reasoning },
        new() { Kind = ReplyEventKind.PartStarted, Part = 1, PartKind = ReplyPartKind.Text },
        new() { Kind = ReplyEventKind.Delta, Part = 1, PartKind = ReplyPartKind.Text, Text = "Hi" },
        new() { Kind = ReplyEventKind.Annotations, Part = 1, PartKind = ReplyPartKind.Text, Json = JsonText.Of("[1]") },
        new() { Kind = ReplyEventKind.PartEnded, Part = 1, PartKind = ReplyPartKind.Text },
        new() { Kind = ReplyEventKind.PartStarted, Part = 2, PartKind = ReplyPartKind.ToolCall, Name = "f" },
        new() { Kind = ReplyEventKind.Signature, Part = 2, PartKind = ReplyPartKind.ToolCall, Text = "s2" },
        new() { Kind = ReplyEventKind.Delta, Part = 2, PartKind = ReplyPartKind.ToolCall, Text = "{}" },
        new() { Kind = ReplyEventKind.PartEnded, Part = 2, PartKind = ReplyPartKind.ToolCall },
        new() { Kind = ReplyEventKind.PartStarted, Part = 3, PartKind = ReplyPartKind.Opaque, Name = "server_tool_use", Json = JsonText.Of("{}") },
        new() { Kind = ReplyEventKind.PartEnded, Part = 3, PartKind = ReplyPartKind.Opaque },
        new() { Kind = ReplyEventKind.Logprobs, Json = JsonText.Of("""[{"token":"Hi"}]""") },
        new() { Kind = ReplyEventKind.PartStarted, Part = 4, PartKind = ReplyPartKind.Image, Name = "image/png" },
        new() { Kind = ReplyEventKind.Delta, Part = 4, PartKind = ReplyPartKind.Image, Text = "AAAA" },
        new() { Kind = ReplyEventKind.PartEnded, Part = 4, PartKind = ReplyPartKind.Image },
        new() { Kind = ReplyEventKind.Usage, Usage = new TokenUsage { Input = 10, Output = 7 } },
        new() { Kind = ReplyEventKind.Finished, Stop = StopReason.ToolCalls },
        new() { Kind = ReplyEventKind.Ended },
    ];

    static List<string> Stream(ReplyShape shape, ReplyEvent[] events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new OpenAiChatDialect().StreamWriter(shape, output);
        foreach (var reply in events) writer.On(reply);
        writer.Complete();
        var lines = Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(static line => line["data: ".Length..])];
    }

    static JsonNode Whole(ReplyShape shape, ReplyEvent[] events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new OpenAiChatDialect().WholeWriter(shape, output);
        foreach (var reply in events) writer.On(reply);
        writer.Complete();
        return JsonNode.Parse(output.WrittenSpan)!;
    }
}
