using System.Text;

namespace Weir.Ai.Tests;

public sealed class ResponsesReplyTests
{
    static readonly OpenAiResponsesDialect Dialect = new();

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{}", "has no output")]
    [InlineData("""{"error": {"message": "nope", "type": "invalid_request_error"}}""", "nope")]
    [InlineData("""{"status": "failed", "output": [], "error": {"code": "server_error", "message": "broke"}}""", "broke")]
    [InlineData("""{"status": "cancelled", "output": []}""", "cancelled")]
    public void Fails_on_an_answer_that_is_none(string json, string message)
    {
        var last = Dialect.ReadWhole(json).Events[^1];
        Assert.Equal(ReplyEventKind.Failed, last.Kind);
        Assert.Contains(message, last.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("data: {\"type\": \"response.created\", \"response\": {}}\n\n", "broke off")]
    [InlineData("data: {\"type\": \"error\", \"code\": \"rate_limit_exceeded\", \"message\": \"slow\"}\n\n", "slow")]
    [InlineData("data: {\"error\": {\"message\": \"bare\"}}\n\n", "bare")]
    [InlineData("data: {\"type\": \"response.failed\", \"response\": {\"status\": \"failed\", \"error\": {\"message\": \"died\"}}}\n\n", "died")]
    [InlineData("data: {\n\n", "not valid JSON")]
    public void Fails_on_a_stream_that_breaks_off(string stream, string message) =>
        Assert.Contains(message, Dialect.ReadStream(stream).Events[^1].Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void Writes_every_event_that_clients_put_an_answer_together_from()
    {
        var events = new RecordingSink();
        void On(ReplyEvent one) => events.On(one);
        On(new ReplyEvent { Kind = ReplyEventKind.Started, Dialect = DialectName.Anthropic, Id = "msg", Name = "claude" });
        On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, PartKind = ReplyPartKind.Reasoning });
        On(new ReplyEvent { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Reasoning, Text = "one" });
        On(new ReplyEvent { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Reasoning, Text = "\n\n" });
        On(new ReplyEvent { Kind = ReplyEventKind.Delta, PartKind = ReplyPartKind.Reasoning, Text = "two" });
        On(new ReplyEvent { Kind = ReplyEventKind.Signature, PartKind = ReplyPartKind.Reasoning, Text = "sig" });
        On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, PartKind = ReplyPartKind.Reasoning });
        On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = 1, PartKind = ReplyPartKind.Text });
        On(new ReplyEvent { Kind = ReplyEventKind.Delta, Part = 1, PartKind = ReplyPartKind.Text, Text = "hi" });
        On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = 1, PartKind = ReplyPartKind.Text });
        On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = 2, PartKind = ReplyPartKind.ToolCall, Id = "a", Name = "f" });
        On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = 3, PartKind = ReplyPartKind.ToolCall, Id = "b", Name = "g" });
        On(new ReplyEvent { Kind = ReplyEventKind.Delta, Part = 3, PartKind = ReplyPartKind.ToolCall, Text = "{}" });
        On(new ReplyEvent { Kind = ReplyEventKind.Delta, Part = 2, PartKind = ReplyPartKind.ToolCall, Text = "{\"x\":1}" });
        On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = 2, PartKind = ReplyPartKind.ToolCall });
        On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = 3, PartKind = ReplyPartKind.ToolCall });
        On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = StopReason.ToolCalls });
        On(new ReplyEvent { Kind = ReplyEventKind.Usage, Usage = new TokenUsage { Input = 3, Output = 4, Reasoning = 1 } });
        On(new ReplyEvent { Kind = ReplyEventKind.Ended });

        var stream = Wires.Events(Dialect.WriteStream(events));
        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
                "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.reasoning_summary_part.added",
                "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done", "response.reasoning_summary_part.done",
                "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done",
                "response.output_item.added", "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done", "response.function_call_arguments.done", "response.output_item.done",
                "response.completed",
            ],
            stream.Select(one => one.Name));
        Assert.Equal(Enumerable.Range(0, stream.Count), stream.Select(one => one.Data!["sequence_number"]!.GetValue<int>()));
        var last = stream[^1].Data!["response"]!;
        Assert.Equal(["reasoning", "message", "function_call", "function_call"], last["output"]!.AsArray().Select(item => item!["type"]!.ToString()));
        Assert.Equal(
            """
            {"input_tokens":3,"input_tokens_details":{"cached_tokens":0},"output_tokens":4,
            "output_tokens_details":{"reasoning_tokens":1},"total_tokens":7}
            """.Replace("\n", "", StringComparison.Ordinal),
            last["usage"]!.ToJsonString());
        Assert.DoesNotContain("sig", last.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(JsonSame.Difference(last, Dialect.WriteWhole(events)));
    }

    [Fact]
    public void Ends_a_stream_that_fails_with_a_failed_response_or_an_error()
    {
        var events = new RecordingSink();
        var failed = new ReplyEvent { Kind = ReplyEventKind.Failed, Error = new LlmError(LlmErrorKind.Overloaded, 503, "busy") };
        events.On(failed);
        Assert.Equal(
            """{"type":"error","sequence_number":0,"code":"server_error","message":"busy","param":null}""",
            Assert.Single(Wires.Events(Dialect.WriteStream(events))).Data!.ToJsonString());
        events.Events.Insert(0, new ReplyEvent { Kind = ReplyEventKind.Started });
        var last = Wires.Events(Dialect.WriteStream(events))[^1];
        Assert.Equal("response.failed", last.Name);
        Assert.Equal("""{"code":"server_error","message":"busy"}""", last.Data!["response"]!["error"]!.ToJsonString());
    }

    [Theory]
    [InlineData("max_output_tokens", nameof(StopReason.MaxTokens))]
    [InlineData("content_filter", nameof(StopReason.ContentFilter))]
    public void Reads_why_a_response_is_incomplete(string reason, string stop)
    {
        var events = Dialect.ReadWhole($$$"""{"status": "incomplete", "incomplete_details": {"reason": "{{{reason}}}"}, "output": []}""");
        Assert.Equal(stop, events.Events[^2].Stop.ToString());
        events.Events[0] = new ReplyEvent { Kind = ReplyEventKind.Started, Dialect = DialectName.Gemini };
        Assert.Equal(reason, Dialect.WriteWhole(events)["incomplete_details"]!["reason"]!.ToString());
        Assert.Equal("response.incomplete", Wires.Events(Dialect.WriteStream(events))[^1].Name);
    }

    [Fact]
    public void Repeats_the_request_in_an_answer_of_another_dialect()
    {
        var request = Dialect.Read("""
            {"model": "m", "instructions": "i", "input": "x", "temperature": 0.5, "tools": [{"type": "function", "name": "f"}], "tool_choice": "required",
             "truncation": "auto", "metadata": {"a": "b"}}
            """);
        var events = new CohereDialect().ReadWhole("""
            {"id": "c", "message": {"role": "assistant", "content": [{"type": "text", "text": "hi"}]}, "finish_reason": "COMPLETE"}
            """);
        var written = Dialect.WriteWhole(events, Wires.Shape with { Request = request, Model = "shown" });
        string[] names = ["id", "model", "instructions", "temperature", "tool_choice", "truncation", "metadata"];
        Assert.Equal(
            ["resp_weir1", "shown", "i", "0.5", "required", "auto", """{"a":"b"}"""],
            names.Select(name => written[name] is System.Text.Json.Nodes.JsonObject node ? node.ToJsonString() : written[name]!.ToString()));
        Assert.Equal(
            """
            [{"id":"msg_weir1_0","type":"message","status":"completed",
            "content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"hi"}],"role":"assistant"}]
            """.Replace("\n", "", StringComparison.Ordinal),
            written["output"]!.ToJsonString());
    }

    [Fact]
    public void Keeps_a_refusal_apart_from_text()
    {
        var events = Dialect.ReadWhole("""
            {"status": "completed", "output": [{"type": "message", "id": "m", "role": "assistant",
             "content": [{"type": "output_text", "text": "a"}, {"type": "refusal", "refusal": "no"}]}]}
            """);
        Assert.Equal(("a", "no"), (events.TextOf(ReplyPartKind.Text), events.TextOf(ReplyPartKind.Refusal)));
        Assert.Equal(2, Assert.Single(Dialect.WriteWhole(events)["output"]!.AsArray())!["content"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(429, """{"error": {"message": "m", "code": "insufficient_quota"}}""", nameof(LlmErrorKind.Quota))]
    [InlineData(400, """{"error": {"message": "m", "code": "context_length_exceeded", "param": "input"}}""", nameof(LlmErrorKind.TooLarge))]
    [InlineData(401, """{"error": {"message": "m", "code": "invalid_api_key"}}""", nameof(LlmErrorKind.Authentication))]
    [InlineData(500, "oops", nameof(LlmErrorKind.Provider))]
    public void Reads_errors(int status, string body, string kind)
    {
        var error = Dialect.ReadError(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((kind, status), (error.Kind.ToString(), error.Status));
    }
}
