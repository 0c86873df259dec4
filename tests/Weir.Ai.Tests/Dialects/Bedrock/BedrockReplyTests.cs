using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class BedrockReplyTests
{
    static readonly DialectProbe s_probe = new(new BedrockDialect());

    [Fact]
    public void Streams_are_the_same_wherever_they_are_cut()
    {
        foreach (var (_, stream) in BedrockRecordedTests.RecordedStreams().Where(static stream => stream.Bytes.Length < 6000))
        {
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
        var streams = BedrockRecordedTests.RecordedStreams().Where(static stream => stream.Bytes.Length < 20000).Select(static stream => stream.Bytes).ToList();
        var wholes = Recorded.Exchanges("bedrock").Where(static e => e["response"] is not null).Take(30)
            .Select(static e => Encoding.UTF8.GetBytes((string)e["response"]!)).ToList();
        var requests = Recorded.Exchanges("bedrock").Take(60).Select(static e => Encoding.UTF8.GetBytes(e["request"]!.ToJsonString())).ToList();
        Prop.ForAll(ArbMap.Default.ArbFor<(ushort Which, (ushort At, byte Value)[] Changes, ushort Length)>(), mutation =>
        {
            var (which, changes, length) = mutation;
            var sink = s_probe.Stream(Mutated(streams[which % streams.Count], changes, length));
            s_probe.Streamed(sink.Events);
            s_probe.Whole(sink.Events);
            var dialect = new BedrockDialect();
            var whole = new RecordingSink();
            dialect.ReadReply(Mutated(wholes[which % wholes.Count], changes, length), whole);
            s_probe.Whole(whole.Events);
            var problems = new Problems();
            var request = dialect.ReadRequest(Mutated(requests[which % requests.Count], changes, length), new RequestLine("m"), problems);
            if (request is not null) s_probe.Write(request, new Losses());
            var ends = sink.Events.Count(static reply => reply.Kind is ReplyEventKind.Ended or ReplyEventKind.Failed);
            return ends == 1 && request is null == problems.Found.Count > 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_exception_in_a_stream_is_a_failure()
    {
        var stream = Frames(("event", "messageStart", """{"role":"assistant"}"""), ("exception", "throttlingException", """{"message":"Too many requests"}"""));
        var error = s_probe.Stream(stream).Events[^1].Error!;
        Assert.Equal((LlmErrorKind.RateLimit, 429, "Too many requests", "throttlingException"), (error.Kind, error.Status, error.Message, error.Code));
    }

    [Fact]
    public void An_error_in_the_headers_is_a_failure()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new AwsEventStreamWriter(output);
        writer.Header(":message-type"u8, "error"u8);
        writer.Header(":error-code"u8, "InternalServerException"u8);
        writer.Header(":error-message"u8, "oh"u8);
        writer.Message([]);
        var error = s_probe.Stream(output.WrittenSpan.ToArray()).Events[^1].Error!;
        Assert.Equal((LlmErrorKind.Provider, 500, "oh"), (error.Kind, error.Status, error.Message));
    }

    [Fact]
    public void A_stream_that_breaks_is_a_failure()
    {
        Assert.Equal("the stream is empty", s_probe.Stream([]).Events[^1].Error!.Message);
        var begun = Frames(("event", "messageStart", """{"role":"assistant"}"""));
        Assert.Equal("the stream ended before the answer was complete", s_probe.Stream(begun).Events[^1].Error!.Message);
        var finished = Frames(("event", "messageStart", "{}"), ("event", "messageStop", """{"stopReason":"end_turn"}"""));
        Assert.Equal(ReplyEventKind.Ended, s_probe.Stream(finished).Events[^1].Kind);
        Assert.Equal(ReplyEventKind.Failed, s_probe.Stream([.. finished, 0, 0]).Events[^1].Kind);
        Assert.Equal("the stream has an event that is not JSON", s_probe.Stream(Frames(("event", "messageStart", "{"))).Events[^1].Error!.Message);
    }

    [Fact]
    public void Counts_the_cache_in_the_input_and_the_hour_apart()
    {
        var sink = s_probe.Reply("""
            {"output": {"message": {"role": "assistant", "content": []}}, "stopReason": "guardrail_intervened", "serviceTier": {"type": "flex"},
             "usage": {"inputTokens": 3,
             "outputTokens": 5, "totalTokens": 58, "cacheReadInputTokens": 20, "cacheWriteInputTokens": 30,
             "cacheDetails": [{"ttl": "1h", "inputTokens": 10}, {"ttl": "5m", "inputTokens": 20}]}}
            """);
        Assert.Equal(
            new TokenUsage { Input = 53, CacheRead = 20, CacheWrite = 20, CacheWriteLong = 10, Output = 5, ServiceTier = "flex" },
            sink.Events.Single(static reply => reply.Kind == ReplyEventKind.Usage).Usage);
        Assert.Equal(
            CanonicalJson.Of("""
                {"output": {"message": {"role": "assistant", "content": []}}, "stopReason": "guardrail_intervened", "serviceTier": {"type": "flex"},
                 "metrics": {"latencyMs": 0},
                 "usage": {"inputTokens": 3, "outputTokens": 5, "totalTokens": 58, "cacheReadInputTokens": 20, "cacheWriteInputTokens": 30,
                 "cacheDetails": [{"ttl": "5m", "inputTokens": 20}, {"ttl": "1h", "inputTokens": 10}]}}
                """),
            CanonicalJson.Of(s_probe.Whole(sink.Events)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"output": {"message": {"content": {}}}}""")]
    public void A_whole_answer_that_cannot_be_read_is_a_failure(string body) => Assert.Equal(ReplyEventKind.Failed, s_probe.Reply(body).Events.Single().Kind);

    [Fact]
    public void Writes_the_stream_of_another_dialect()
    {
        var losses = new Losses();
        var written = s_probe.Streamed(
        [
            new() { Kind = ReplyEventKind.Started, Id = "msg", Dialect = DialectName.Anthropic },
            new() { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.Reasoning },
            new() { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Reasoning, Text = "hm" },
            new() { Kind = ReplyEventKind.Signature, PartKind = ReplyPartKind.Reasoning, Text = "sig" },
            new() { Kind = ReplyEventKind.PartEnded, PartKind = ReplyPartKind.Reasoning },
            new() { Kind = ReplyEventKind.PartStarted, Part = 1, PartKind = ReplyPartKind.ToolCall, Id = "t", Name = "f" },
            new() { Kind = ReplyEventKind.Delta, Part = 1, PartKind = ReplyPartKind.ToolCall, Text = "{}" },
            new() { Kind = ReplyEventKind.PartEnded, Part = 1, PartKind = ReplyPartKind.ToolCall },
            new() { Kind = ReplyEventKind.Extra, Name = "container", Json = JsonText.Of("1") },
            new() { Kind = ReplyEventKind.Finished, Stop = StopReason.ToolCalls },
            new() { Kind = ReplyEventKind.Usage, Usage = new TokenUsage { Input = 8, CacheRead = 3, Output = 9 } },
            new() { Kind = ReplyEventKind.Ended },
        ], new ReplyShape { Losses = losses });
        Assert.Equal(
            """
            messageStart {"role":"assistant"}
            contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}
            contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"sig"}}}
            contentBlockStop {"contentBlockIndex":0}
            contentBlockStart {"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"f"}}}
            contentBlockDelta {"contentBlockIndex":1,"delta":{"toolUse":{"input":"{}"}}}
            contentBlockStop {"contentBlockIndex":1}
            messageStop {"stopReason":"tool_use"}
            metadata {"usage":{"inputTokens":5,"outputTokens":9,"totalTokens":17,"cacheReadInputTokens":3,"cacheWriteInputTokens":0},"metrics":{"latencyMs":0}}
            """,
            Lines(written));
        Assert.Equal("container", losses.ToString());
    }

    [Fact]
    public void A_failure_in_a_stream_is_an_exception()
    {
        var busy = new LlmError(LlmErrorKind.Overloaded, 503, "busy");
        var written = s_probe.Streamed([new() { Kind = ReplyEventKind.Started }, new() { Kind = ReplyEventKind.Failed, Error = busy }]);
        Assert.Equal("messageStart {\"role\":\"assistant\"}\nserviceUnavailableException {\"message\":\"busy\"}", Lines(written));
    }

    [Theory]
    [InlineData(400, """{"message":"Input is too long for requested model."}""", "TooLarge")]
    [InlineData(400, """{"message":"The provided model identifier is invalid."}""", "InvalidRequest")]
    [InlineData(403, """{"message":"The security token is invalid.","__type":"com.amazon.coral.service#UnrecognizedClientException"}""", "Authentication")]
    [InlineData(403, """{"Message":"no"}""", "Permission")]
    [InlineData(424, """{"message":"x"}""", "Provider")]
    [InlineData(429, """{"__type":"ModelNotReadyException:http://x","message":"x"}""", "Overloaded")]
    [InlineData(429, """{"message":"x"}""", "RateLimit")]
    [InlineData(400, """{"__type":"ServiceQuotaExceededException"}""", "Quota")]
    [InlineData(503, "", "Overloaded")]
    [InlineData(502, "<html>", "Provider")]
    public void Reads_errors(int status, string body, string kind)
    {
        var error = new BedrockDialect().ReadError(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((kind, status), (error.Kind.ToString(), error.Status));
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void Writes_errors() =>
        Assert.Equal("""{"__type":"ThrottlingException","message":"slow"}""", s_probe.Error(new LlmError(LlmErrorKind.RateLimit, 429, "slow")));

    static byte[] Frames(params (string MessageType, string Type, string Payload)[] frames)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new AwsEventStreamWriter(output);
        foreach (var (messageType, type, payload) in frames)
        {
            writer.Header(messageType == "exception" ? ":exception-type"u8 : ":event-type"u8, Encoding.UTF8.GetBytes(type));
            writer.Header(":message-type"u8, Encoding.UTF8.GetBytes(messageType));
            writer.Message(Encoding.UTF8.GetBytes(payload));
        }
        return output.WrittenSpan.ToArray();
    }

    static string Lines(ReadOnlySpan<byte> stream)
    {
        var reader = new AwsEventStreamReader();
        List<string> lines = [];
        while (reader.TryRead(ref stream, out var read))
        {
            var type = read.Text(":event-type"u8) is { Length: > 0 } name ? name : read.Text(":exception-type"u8);
            lines.Add($"{Encoding.UTF8.GetString(type)} {Encoding.UTF8.GetString(read.Payload)}");
        }
        return string.Join('\n', lines);
    }

    static byte[] Mutated(byte[] bytes, (ushort At, byte Value)[] changes, ushort length)
    {
        var mutated = (byte[])bytes.Clone();
        foreach (var (at, value) in changes) mutated[at % mutated.Length] = value;
        return length % 3 == 0 ? mutated[..(length % mutated.Length)] : mutated;
    }
}
