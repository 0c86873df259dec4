using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class AnthropicReplyTests
{
    const string Head = """
        "type":"message","role":"assistant","model":"alias","content":[],"stop_reason":null,"stop_sequence":null
        """;

    const string NoUsage = "{\"input_tokens\":0,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,"
        + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":0},\"output_tokens\":0}";

    const string SomeUsage = "{\"input_tokens\":5,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":3,\"output_tokens\":9,"
        + "\"output_tokens_details\":{\"thinking_tokens\":2}}";

    static readonly DialectProbe s_probe = new(new AnthropicDialect());

    [Theory]
    [InlineData("", "Failed LlmError { Kind = Provider, Status = 502, Message = the provider's answer is not a message")]
    [InlineData("[]", "Failed LlmError { Kind = Provider, Status = 502, Message = the provider's answer is not a message")]
    [InlineData("""{"content": "x"}""", "Failed LlmError { Kind = Provider, Status = 502, Message = the provider's answer is not a message")]
    [InlineData(
        """{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}""",
        "Failed LlmError { Kind = Overloaded, Status = 529, Message = Overloaded")]
    public void A_whole_answer_that_cannot_be_read_is_a_failure(string body, string expected) =>
        Assert.StartsWith(expected, s_probe.Reply(body).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Counts_the_cache_in_the_input_and_the_hour_apart()
    {
        var usage = s_probe.Reply("""
            {"content": [], "usage": {"input_tokens": 10, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 30,
             "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 10}, "output_tokens": 7,
             "output_tokens_details": {"thinking_tokens": 4}, "server_tool_use": {"web_search_requests": 2}, "service_tier": "priority"}}
            """).Events.Last(static reply => reply.Kind == ReplyEventKind.Usage).Usage!;
        Assert.Equal(
            new TokenUsage
            {
                Input = 140,
                CacheRead = 100,
                CacheWrite = 20,
                CacheWriteLong = 10,
                Output = 7,
                Reasoning = 4,
                WebSearches = 2,
                ServiceTier = "priority",
            },
            usage);
    }

    [Fact]
    public void Bills_the_summary_that_the_totals_leave_out()
    {
        var sink = s_probe.Reply("""
            {"content": [], "usage": {"input_tokens": 612, "output_tokens": 28, "iterations": [
              {"type": "compaction", "input_tokens": 60000, "output_tokens": 500, "cache_read_input_tokens": 7},
              {"type": "message", "input_tokens": 612, "output_tokens": 28}]}}
            """);
        var usage = sink.Events.Last(static reply => reply.Kind == ReplyEventKind.Usage).Usage!;
        Assert.Equal((60619, 528, 7), (usage.Input, usage.Output, usage.CacheRead));
        Assert.Contains("\"input_tokens\":612,\"output_tokens\":28", s_probe.Whole(sink.Events), StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_count_wins_and_a_zero_does_not()
    {
        var usage = Stream("""{"type":"message_start","message":{"usage":{"input_tokens":43,"output_tokens":1,"cache_read_input_tokens":5}}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":61,"cache_read_input_tokens":0,"output_tokens":2}}""",
            """{"type":"message_stop"}""").Events.Last(static reply => reply.Kind == ReplyEventKind.Usage).Usage!;
        Assert.Equal((66, 5, 2), (usage.Input, usage.CacheRead, usage.Output));
    }

    [Theory]
    [InlineData("end_turn", "EndTurn")]
    [InlineData("max_tokens", "MaxTokens")]
    [InlineData("stop_sequence", "StopSequence")]
    [InlineData("tool_use", "ToolCalls")]
    [InlineData("pause_turn", "Pause")]
    [InlineData("refusal", "Refusal")]
    [InlineData("model_context_window_exceeded", "ContextFull")]
    [InlineData("compaction", "Other")]
    public void Reads_and_writes_every_reason_to_stop(string word, string reason)
    {
        var sink = s_probe.Reply($$"""{"content": [], "stop_reason": "{{word}}", "stop_sequence": "x"}""");
        var finished = sink.Events.Single(static reply => reply.Kind == ReplyEventKind.Finished);
        Assert.Equal((reason, "x"), (finished.Stop.ToString(), finished.Text));
        var expected = $"\"stop_reason\":\"{word}\",\"stop_sequence\":\"x\"";
        Assert.Contains(expected, s_probe.Whole(sink.Events), StringComparison.Ordinal);
        Assert.Contains(expected, Encoding.UTF8.GetString(s_probe.Streamed(sink.Events)), StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_are_the_same_wherever_they_are_cut()
    {
        foreach (var (_, text) in AnthropicRecordedTests.RecordedStreams().Where(static stream => stream.Text.Length < 8000))
        {
            var stream = Encoding.UTF8.GetBytes(text);
            var whole = s_probe.Stream(stream).ToString();
            Prop.ForAll(ArbMap.Default.ArbFor<ushort[]>(), cuts =>
            {
                var places = cuts.Select(cut => cut % stream.Length).Append(0).Append(stream.Length).Distinct().Order().ToList();
                return s_probe.Stream(places.Zip(places.Skip(1), (from, to) => stream[from..to])).ToString() == whole;
            }).QuickCheckThrowOnFailure();
        }
    }

    [Fact]
    public void Nonsense_never_throws_and_ends_in_one_way()
    {
        var streams = AnthropicRecordedTests.RecordedStreams().Where(static stream => stream.Text.Length < 20000)
            .Select(static stream => Encoding.UTF8.GetBytes(stream.Text)).ToList();
        var wholes = Recorded.Exchanges("anthropic").Take(30).Select(static e => Encoding.UTF8.GetBytes((string)e["response"]!)).ToList();
        var requests = Recorded.Exchanges("anthropic").Take(60).Select(static e => Encoding.UTF8.GetBytes(e["request"]!.ToJsonString())).ToList();
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort Which, (ushort At, byte Value)[] Changes, ushort Length)>(), mutation =>
        {
            var (which, changes, length) = mutation;
            var stream = Mutated(streams[which % streams.Count], changes, length);
            var sink = s_probe.Stream(stream);
            var ends = sink.Events.Count(static reply => reply.Kind is ReplyEventKind.Ended or ReplyEventKind.Failed);
            s_probe.Streamed(sink.Events);
            s_probe.Whole(sink.Events);
            var whole = new RecordingSink();
            var dialect = new AnthropicDialect();
            dialect.ReadReply(Mutated(wholes[which % wholes.Count], changes, length), whole);
            s_probe.Whole(whole.Events);
            var problems = new Problems();
            var request = dialect.ReadRequest(Mutated(requests[which % requests.Count], changes, length), default, problems);
            if (request is not null) s_probe.Write(request, new Losses());
            return ends == 1 && sink.Events[^1].Kind is ReplyEventKind.Ended or ReplyEventKind.Failed && request is null == problems.Found.Count > 0;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("", "the stream is empty")]
    [InlineData("data: {\"type\":\"message_start\",\"message\":{}}\n\n", "the stream ended before the message was complete")]
    [InlineData("data: {\"type\":\"message_st\n\n", "the stream has an event that is not JSON")]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n", "busy")]
    public void A_stream_that_breaks_is_a_failure(string stream, string message)
    {
        var last = s_probe.Stream(stream).Events[^1];
        Assert.Equal(ReplyEventKind.Failed, last.Kind);
        Assert.Equal(message, last.Error!.Message);
    }

    [Fact]
    public void Bears_servers_that_leave_out_starts_and_ends()
    {
        var sink = Stream("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"n","input":{"x":1}}}""",
            """{"type":"message_stop"}""", "[DONE]");
        Assert.Equal("a", sink.TextOf(ReplyPartKind.Text));
        Assert.Equal("{\"x\":1}", sink.TextOf(ReplyPartKind.ToolCall));
        Assert.Equal(ReplyEventKind.Ended, sink.Events[^1].Kind);
    }

    [Fact]
    public void Keeps_half_a_surrogate_pair_from_chunk_to_chunk()
    {
        var sink = Stream("""{"type":"message_start","message":{}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\ud83d"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\udc4bb"}}""",
            """{"type":"message_stop"}""");
        Assert.Equal("a👋b", sink.TextOf(ReplyPartKind.Text));
        Assert.Contains("a\\ud83d", Encoding.UTF8.GetString(s_probe.Streamed(sink.Events)), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_the_answer_by_tool_as_text()
    {
        var sink = s_probe.Reply("""
            {"content": [{"type": "tool_use", "id": "t", "name": "json_answer", "input": {"a": 1}}], "stop_reason": "tool_use"}
            """);
        Assert.Equal("{\"a\": 1}", sink.TextOf(ReplyPartKind.Text));
        Assert.Equal(StopReason.EndTurn, sink.Events.Single(static reply => reply.Kind == ReplyEventKind.Finished).Stop);
    }

    [Fact]
    public void Writes_the_answer_of_another_dialect_in_the_order_of_the_official_SDK()
    {
        var losses = new Losses();
        var written = Encoding.UTF8.GetString(s_probe.Streamed(Foreign(), new ReplyShape { Id = "7", Model = "alias", Losses = losses }));
        Assert.Equal(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"chatcmpl-1",HEAD,"usage":NONE}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: content_block_start
            data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"call_7_2","name":"f","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":2}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":USED}

            event: message_stop
            data: {"type":"message_stop"}


            """.Replace("HEAD", Head, StringComparison.Ordinal)
                .Replace("NONE", NoUsage, StringComparison.Ordinal)
                .Replace("USED", SomeUsage, StringComparison.Ordinal),
            written);
        Assert.Equal("signature, system_fingerprint", losses.ToString());
    }

    [Fact]
    public void Writes_the_whole_answer_of_another_dialect()
    {
        var losses = new Losses();
        Assert.Equal(
            CanonicalJson.Of("""
                {"id": "chatcmpl-1", "type": "message", "role": "assistant", "model": "gpt", "content": [
                  {"type": "thinking", "thinking": "hm", "signature": ""}, {"type": "text", "text": "Hi"},
                  {"type": "tool_use", "id": "call_1_2", "name": "f", "input": {}}],
                 "stop_reason": "tool_use", "usage": {"input_tokens": 5, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 3,
                 "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
                 "output_tokens": 9, "output_tokens_details": {"thinking_tokens": 2}}}
                """),
            CanonicalJson.Of(s_probe.Whole(Foreign(), new ReplyShape { Id = "1", Losses = losses })));
        Assert.Equal("signature, system_fingerprint", losses.ToString());
    }

    [Fact]
    public void A_failure_in_a_stream_is_an_error_event()
    {
        var written = Encoding.UTF8.GetString(s_probe.Streamed(
        [
            new ReplyEvent { Kind = ReplyEventKind.Started },
            new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.Text },
            new ReplyEvent { Kind = ReplyEventKind.Failed, Error = new LlmError(LlmErrorKind.Overloaded, 529, "busy") },
        ]));
        Assert.EndsWith(
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            + "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n",
            written,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}""", "TooLarge", 400)]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access"}}""", "Quota", 400)]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"x"}}""", "InvalidRequest", 400)]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"x"}}""", "Overloaded", 529)]
    [InlineData(429, """{"error":{"type":"rate_limit_error","message":"x"}}""", "RateLimit", 429)]
    [InlineData(413, """{"error":{"type":"request_too_large","message":"x"}}""", "TooLarge", 413)]
    [InlineData(403, "<html>no</html>", "Permission", 403)]
    [InlineData(500, "", "Provider", 500)]
    [InlineData(404, """{"error":7}""", "NotFound", 404)]
    public void Reads_errors(int status, string body, string kind, int expected)
    {
        var error = new AnthropicDialect().ReadError(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((kind, expected), (error.Kind.ToString(), error.Status));
        Assert.NotEmpty(error.Message);
    }

    [Theory]
    [InlineData("Authentication", "authentication_error")]
    [InlineData("Quota", "billing_error")]
    [InlineData("Permission", "permission_error")]
    [InlineData("NotFound", "not_found_error")]
    [InlineData("TooLarge", "request_too_large")]
    [InlineData("RateLimit", "rate_limit_error")]
    [InlineData("ContentFilter", "invalid_request_error")]
    [InlineData("Provider", "api_error")]
    [InlineData("Timeout", "timeout_error")]
    public void Writes_errors(string kind, string type) =>
        Assert.Equal(
            $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"why"}}""",
            s_probe.Error(new LlmError(Enum.Parse<LlmErrorKind>(kind), 400, "why")));

    static ReplyEvent[] Foreign() =>
    [
        new() { Kind = ReplyEventKind.Started, Id = "chatcmpl-1", Name = "gpt", Dialect = DialectName.OpenAiChat },
        new() { Kind = ReplyEventKind.PartStarted, Part = 0, PartKind = ReplyPartKind.Reasoning },
        new() { Kind = ReplyEventKind.Delta, Part = 0, PartKind = ReplyPartKind.Reasoning, Text = "hm" },
        new() { Kind = ReplyEventKind.Signature, Part = 0, PartKind = ReplyPartKind.Reasoning, Text = "sig" },
        new() { Kind = ReplyEventKind.PartStarted, Part = 1, PartKind = ReplyPartKind.Text },
        new() { Kind = ReplyEventKind.Delta, Part = 1, PartKind = ReplyPartKind.Text, Text = "Hi" },
        new() { Kind = ReplyEventKind.PartStarted, Part = 2, PartKind = ReplyPartKind.ToolCall, Name = "f" },
        new() { Kind = ReplyEventKind.Delta, Part = 2, PartKind = ReplyPartKind.ToolCall, Text = "{}" },
        new() { Kind = ReplyEventKind.PartEnded, Part = 0, PartKind = ReplyPartKind.Reasoning },
        new() { Kind = ReplyEventKind.PartEnded, Part = 1, PartKind = ReplyPartKind.Text },
        new() { Kind = ReplyEventKind.PartEnded, Part = 2, PartKind = ReplyPartKind.ToolCall },
        new() { Kind = ReplyEventKind.Finished, Stop = StopReason.ToolCalls },
        new() { Kind = ReplyEventKind.Usage, Usage = new TokenUsage { Input = 8, CacheRead = 3, Output = 9, Reasoning = 2 } },
        new() { Kind = ReplyEventKind.Extra, Name = "system_fingerprint", Json = JsonText.Of("\"fp\"") },
        new() { Kind = ReplyEventKind.Ended },
    ];

    static byte[] Mutated(byte[] bytes, (ushort At, byte Value)[] changes, ushort length)
    {
        var mutated = (byte[])bytes.Clone();
        foreach (var (at, value) in changes) mutated[at % mutated.Length] = value;
        return length % 3 == 0 ? mutated[..(length % mutated.Length)] : mutated;
    }

    static RecordingSink Stream(params string[] events) => s_probe.Stream(string.Concat(events.Select(static line => $"data: {line}\n\n")));
}
