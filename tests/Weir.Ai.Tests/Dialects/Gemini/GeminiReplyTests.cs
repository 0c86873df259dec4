using System.Text;

namespace Weir.Ai.Tests;

public sealed class GeminiReplyTests
{
    static readonly GeminiDialect Dialect = new();

    [Theory]
    [InlineData("", "is not valid JSON")]
    [InlineData("7", "is not a JSON object")]
    [InlineData("{}", "has no candidates")]
    [InlineData("""{"candidates": [{"content": {"parts": [{"text": "a"}]}}]}""", "ended before it was complete")]
    [InlineData("""{"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}""", "slow down")]
    public void Fails_on_an_answer_that_is_none(string json, string message)
    {
        var last = Dialect.ReadWhole(json).Events[^1];
        Assert.Equal(ReplyEventKind.Failed, last.Kind);
        Assert.Contains(message, last.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fails_on_an_error_within_a_stream_in_either_form()
    {
        const string Error = """{"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}""";
        foreach (var stream in (string[])[$"data: {Error}\n\n", $"[{Error}]", Error])
        {
            var error = Dialect.ReadStream(stream).Events[^1].Error;
            Assert.Equal(new LlmError(LlmErrorKind.Overloaded, 503, "overloaded") { Code = "UNAVAILABLE" }, error);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"a\"}]}}]}\n\n")]
    [InlineData("data: {broken\n\n")]
    [InlineData("[{\"candidates\": [")]
    [InlineData("[x]")]
    public void Fails_on_a_stream_that_breaks_off(string stream) =>
        Assert.Equal(ReplyEventKind.Failed, Dialect.ReadStream(stream).Events[^1].Kind);

    [Theory]
    [InlineData("STOP", nameof(StopReason.EndTurn))]
    [InlineData("MAX_TOKENS", nameof(StopReason.MaxTokens))]
    [InlineData("SAFETY", nameof(StopReason.ContentFilter))]
    [InlineData("RECITATION", nameof(StopReason.ContentFilter))]
    [InlineData("MALFORMED_FUNCTION_CALL", nameof(StopReason.Other))]
    [InlineData("SOMETHING_NEW", nameof(StopReason.Other))]
    public void Keeps_the_reason_to_stop(string word, string stop)
    {
        var events = Dialect.ReadWhole($$"""{"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "{{word}}"}]}""");
        Assert.Contains(events.Events, one => one.Kind == ReplyEventKind.Finished && one.Stop.ToString() == stop);
        Assert.Equal(word, Dialect.WriteWhole(events)["candidates"]![0]!["finishReason"]!.ToString());
    }

    [Fact]
    public void Stops_for_calls_where_there_are_any()
    {
        var events = Dialect.ReadWhole("""
            {"candidates": [{"content": {"parts": [{"functionCall": {"name": "f", "args": {"a": [1]}}}]}, "finishReason": "STOP"}]}
            """);
        Assert.Equal(StopReason.ToolCalls, events.Events[^2].Stop);
        Assert.Equal("""{"a": [1]}""", events.TextOf(ReplyPartKind.ToolCall));
    }

    [Fact]
    public void Shows_a_blocked_prompt_as_cut_off_by_the_filter()
    {
        const string Answer = """{"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 5}, "responseId": "r"}""";
        var events = Dialect.ReadWhole(Answer);
        Assert.Equal(StopReason.ContentFilter, events.Events[^2].Stop);
        Assert.Null(JsonSame.Difference(System.Text.Json.Nodes.JsonNode.Parse(Answer), Dialect.WriteWhole(events)));
        Assert.Equal(StopReason.ContentFilter, Dialect.ReadStream(Dialect.WriteStream(events)).Events[^2].Stop);
    }

    [Fact]
    public void Counts_thoughts_and_prompts_of_tools_in()
    {
        var usage = Dialect.ReadWhole("""
            {"candidates": [{"finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 100, "toolUsePromptTokenCount": 7, "cachedContentTokenCount": 60,
             "candidatesTokenCount": 10, "thoughtsTokenCount": 30, "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 40}]}}
            """).Events.Single(one => one.Kind == ReplyEventKind.Usage).Usage!;
        Assert.Equal(new TokenUsage { Input = 107, CacheRead = 60, AudioInput = 40, Output = 40, Reasoning = 30 }, usage);
    }

    [Fact]
    public void Keeps_an_emoji_that_is_cut_in_two()
    {
        const string Stream = """
            data: {"candidates": [{"content": {"parts": [{"text": "a\ud83d"}]}}]}

            data: {"candidates": [{"content": {"parts": [{"text": "\ude00b"}]}, "finishReason": "STOP"}]}


            """;
        var events = Dialect.ReadStream(Stream);
        Assert.Equal("a😀b", events.TextOf(ReplyPartKind.Text));
        Assert.Equal("a😀b", Dialect.ReadStream(Dialect.WriteStream(events)).TextOf(ReplyPartKind.Text));
    }

    [Fact]
    public void Puts_partial_arguments_together()
    {
        var stream = new StringBuilder();
        foreach (var call in (string[])
        [
            """{"name": "f", "id": "1", "willContinue": true}""",
            """{"partialArgs": [{"jsonPath": "$.city", "stringValue": "New ", "willContinue": true}], "willContinue": true}""",
            """{"partialArgs": [{"jsonPath": "$.city", "stringValue": "Delhi"}, {"jsonPath": "$.days[1].n", "numberValue": 2.5}], "willContinue": true}""",
            """{"partialArgs": [{"jsonPath": "$['x']", "boolValue": true}], "willContinue": true}""",
            """{}""",
        ])
            stream.Append("data: {\"candidates\": [{\"content\": {\"parts\": [{\"functionCall\": ").Append(call).Append("}]}}]}\n\n");
        stream.Append("data: {\"candidates\": [{\"finishReason\": \"STOP\"}]}\n\n");
        var events = Dialect.ReadStream(stream.ToString());
        Assert.Equal("""{"city":"New Delhi","days":[null,{"n":2.5}],"x":true}""", events.TextOf(ReplyPartKind.ToolCall));
        Assert.Single(events.Events, one => one.Kind == ReplyEventKind.PartStarted);
    }

    [Fact]
    public void Shows_grounding_as_citations_counted_in_characters()
    {
        var events = Dialect.ReadWhole("""
            {"candidates": [{"content": {"parts": [{"text": "é is é."}]}, "finishReason": "STOP", "groundingMetadata": {"webSearchQueries": ["é", ""],
             "groundingChunks": [{"web": {"uri": "https://x", "title": "X"}}],
             "groundingSupports": [{"segment": {"startIndex": 2, "endIndex": 8}, "groundingChunkIndices": [0, 9]}]}}],
             "usageMetadata": {"promptTokenCount": 1}}
            """);
        var citations = events.Events.Single(one => one.Kind == ReplyEventKind.Annotations).Json;
        Assert.Equal("""[{"type":"url_citation","start_index":1,"end_index":6,"title":"X","url":"https://x"}]""", citations.ToString());
        Assert.Equal(1, events.Events.Last(one => one.Kind == ReplyEventKind.Usage).Usage!.WebSearches);
    }

    [Fact]
    public void Writes_an_answer_of_another_dialect_without_its_signatures()
    {
        var events = new OpenAiResponsesDialect().ReadWhole("""
            {"id": "resp_1", "object": "response", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "model": "gpt", "output": [
             {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "secret"},
             {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{\"a\":1}"},
             {"type": "message", "id": "m", "role": "assistant", "content": [{"type": "output_text", "text": "yes",
              "annotations": [{"type": "url_citation", "url": "https://x", "start_index": 0, "end_index": 3}]}]}],
             "usage": {"input_tokens": 9, "output_tokens": 5, "output_tokens_details": {"reasoning_tokens": 2}}}
            """);
        Assert.Equal(
            """
            {"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"functionCall":{"id":"c1","name":"f","args":{"a":1}}},{"text":"yes"}],
            "role":"model"},
            "finishReason":"MAX_TOKENS","index":0,"citationMetadata":{"citationSources":[{"startIndex":0,"endIndex":3,"uri":"https://x"}]}}],
            "usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":3,"totalTokenCount":14,"thoughtsTokenCount":2},
            "modelVersion":"gpt","responseId":"resp_1"}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal),
            Dialect.WriteWhole(events).ToJsonString());
        var stream = Wires.Events(Dialect.WriteStream(events));
        Assert.Equal("MAX_TOKENS", stream[^1].Data!["candidates"]![0]!["finishReason"]!.ToString());
        Assert.DoesNotContain("secret", Dialect.WriteStream(events), StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_a_stream_that_fails_with_its_error()
    {
        var events = new RecordingSink();
        events.On(new ReplyEvent { Kind = ReplyEventKind.Started, Dialect = DialectName.Gemini });
        events.On(new ReplyEvent { Kind = ReplyEventKind.Failed, Error = new LlmError(LlmErrorKind.Timeout, 504, "too slow") });
        Assert.Equal("data: {\"error\":{\"code\":504,\"message\":\"too slow\",\"status\":\"DEADLINE_EXCEEDED\"}}\r\n\r\n", Dialect.WriteStream(events));
    }

    [Theory]
    [InlineData(
        400, """{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT"}}""",
        nameof(LlmErrorKind.Authentication))]
    [InlineData(
        400, """[{"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT", "details": [{"fieldViolations": [{"field": "contents"}]}]}}]""",
        nameof(LlmErrorKind.InvalidRequest))]
    [InlineData(429, """{"error": {"message": "quota", "status": "RESOURCE_EXHAUSTED"}}""", nameof(LlmErrorKind.RateLimit))]
    [InlineData(502, "<html>", nameof(LlmErrorKind.Provider))]
    [InlineData(503, "", nameof(LlmErrorKind.Overloaded))]
    public void Reads_errors(int status, string body, string kind)
    {
        var error = Dialect.ReadError(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((kind, status), (error.Kind.ToString(), error.Status));
        Assert.NotEmpty(error.Message);
    }
}
