using System.Text;

namespace Weir.Ai.Tests;

public sealed class CohereTests
{
    static readonly CohereDialect Dialect = new();

    [Theory]
    [InlineData("""{}""", "messages", "is required")]
    [InlineData("""{"messages": [{"role": "bot", "content": "x"}]}""", "messages[0].role", "must be system, user, assistant or tool, not \"bot\"")]
    [InlineData("""{"messages": [{"role": "user", "content": 1}]}""", "messages[0].content", "must be a string or an array of parts")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"text": "x"}]}]}""", "messages[0].content[0].type", "is required")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}""", "messages[0].content[0].image_url", "is required")]
    [InlineData("""{"messages": [{"role": "tool", "content": "x"}]}""", "messages[0].tool_call_id", "is required")]
    [InlineData("""{"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]}""", "messages[0].tool_calls[0].function", "is required")]
    [InlineData("""{"messages": [], "tool_choice": "AUTO"}""", "tool_choice", "must be REQUIRED or NONE, not \"AUTO\"")]
    [InlineData("""{"messages": [], "k": "many"}""", "k", "must be a whole number, not a string")]
    [InlineData("""{"messages": [], "response_format": {"type": "xml"}}""", "response_format.type", "must be text or json_object, not \"xml\"")]
    [InlineData("""{"messages": [], "thinking": {"type": "on"}}""", "thinking.type", "must be enabled or disabled, not \"on\"")]
    public void Refuses_a_request_with_the_place_of_the_problem(string json, string field, string message) =>
        Assert.Contains((field, message), Dialect.ProblemsOf(json));

    [Fact]
    public void Writes_a_request_with_everything_again_as_it_was()
    {
        const string Body = """
            {"model": "command-a", "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "x"},
             {"type": "image_url", "image_url": {"url": "https://i", "detail": "low"}}]},
             {"role": "assistant", "tool_plan": "p", "content": [{"type": "thinking", "thinking": "t"}],
             "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
             {"role": "tool", "tool_call_id": "1", "content": [{"type": "document", "document": {"data": {"a": 1}, "id": "d"}}]}],
             "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
             "strict_tools": true, "tool_choice": "REQUIRED",
             "documents": ["a", {"id": "b", "data": {}}], "citation_options": {"mode": "FAST"}, "safety_mode": "STRICT",
             "response_format": {"type": "json_object", "json_schema": {"type": "object"}},
             "max_tokens": 5, "temperature": 0.1, "p": 0.9, "k": 3, "seed": 7,
             "frequency_penalty": 0.1, "presence_penalty": 0.2, "stop_sequences": ["x"], "logprobs": true,
             "thinking": {"type": "enabled", "token_budget": 100}, "stream": true, "priority": 1}
            """;
        var losses = new Losses();
        Assert.Null(JsonSame.Difference(System.Text.Json.Nodes.JsonNode.Parse(Body), Dialect.Write(Dialect.Read(Body), losses)));
        Assert.True(losses.IsEmpty);
    }

    [Fact]
    public void Offers_only_the_tool_that_must_be_called()
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.OpenAiChat,
            Messages =
            {
                Message.OfText(Role.Developer, "s"),
                new Message { Role = Role.User, Parts = { new TextPart("x"), new AudioPart(new Media { Base64 = "A" }) } },
            },
            Tools = { new ToolDefinition { Name = "f" }, new ToolDefinition { Name = "g", Description = "d" } },
            ToolChoice = new ToolChoice(ToolChoiceKind.Named, "g"),
            Reasoning = new Reasoning { Effort = "low" },
            Sampling = new Sampling { Choices = 2, TopP = 0.5 },
        };
        var losses = new Losses();
        Assert.Equal(
            """
            {"model":"command","messages":[{"role":"system","content":"s"},{"role":"user","content":"x"}],
            "tools":[{"type":"function","function":{"name":"g","description":"d","parameters":{"type":"object","properties":{}}}}],"tool_choice":"REQUIRED",
            "p":0.5,"thinking":{"type":"enabled","token_budget":1024}}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal),
            Dialect.Write(request, losses, "command").ToJsonString());
        Assert.Equal(["messages.audio", "n"], losses.Names);
    }

    [Fact]
    public void Counts_what_is_billed()
    {
        var usage = Dialect.ReadWhole("""
            {"message": {"role": "assistant", "content": []}, "finish_reason": "COMPLETE",
             "usage": {"billed_units": {"input_tokens": 5, "output_tokens": 7}, "tokens": {"input_tokens": 71, "output_tokens": 9}, "cached_tokens": 64}}
            """).Events.Single(one => one.Kind == ReplyEventKind.Usage).Usage;
        Assert.Equal(new TokenUsage { Input = 5, Output = 7 }, usage);
    }

    [Theory]
    [InlineData("COMPLETE", nameof(StopReason.EndTurn))]
    [InlineData("MAX_TOKENS", nameof(StopReason.MaxTokens))]
    [InlineData("STOP_SEQUENCE", nameof(StopReason.StopSequence))]
    [InlineData("TOOL_CALL", nameof(StopReason.ToolCalls))]
    [InlineData("ERROR_TOXIC", nameof(StopReason.ContentFilter))]
    [InlineData("USER_CANCEL", nameof(StopReason.Other))]
    public void Keeps_the_reason_to_stop(string word, string stop)
    {
        var events = Dialect.ReadWhole($$"""{"message": {"content": [{"type": "text", "text": "a"}]}, "finish_reason": "{{word}}"}""");
        Assert.Equal(stop, events.Events[^2].Stop.ToString());
        Assert.Equal(word, Dialect.WriteWhole(events)["finish_reason"]!.ToString());
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{}", "has no message")]
    [InlineData("""{"message": "invalid api token"}""", "invalid api token")]
    [InlineData("""{"message": {"content": []}, "finish_reason": "ERROR"}""", "failed")]
    public void Fails_on_an_answer_that_is_none(string json, string message) =>
        Assert.Contains(message, Dialect.ReadWhole(json).Events[^1].Error!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("data: {\"type\": \"message-start\", \"id\": \"1\"}\n\n", "broke off")]
    [InlineData("data: {\"message\": \"too many\"}\n\n", "too many")]
    [InlineData("data: {\"type\": \"message-end\", \"delta\": {\"finish_reason\": \"ERROR\", \"error\": \"ran dry\"}}\n\n", "ran dry")]
    public void Fails_on_a_stream_that_breaks_off(string stream, string message) =>
        Assert.Contains(message, Dialect.ReadStream(stream).Events[^1].Error!.Message, StringComparison.Ordinal);

    [Fact]
    public void Streams_citations_behind_the_text_they_are_of()
    {
        const string Stream = """
            data: {"type":"message-start","id":"i","delta":{"message":{"role":"assistant"}}}

            data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}

            data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"sun"}}}}

            data: {"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":0,"end":3,"text":"sun","sources":[]}}}}

            data: {"type":"citation-end","index":0}

            data: {"type":"content-end","index":0}

            data: {"type":"message-end","delta":{"finish_reason":"COMPLETE"}}


            """;
        var events = Dialect.ReadStream(Stream);
        const string Citations = """[{"start":0,"end":3,"text":"sun","sources":[]}]""";
        Assert.Equal(Citations, events.Events.Single(one => one.Kind == ReplyEventKind.Annotations).Json.ToString());
        Assert.Equal(events.ToString(), Dialect.ReadStream(Dialect.WriteStream(events)).ToString());
        Assert.Equal(Citations, Dialect.WriteWhole(events)["message"]!["citations"]!.ToJsonString());
    }

    [Fact]
    public void Writes_an_answer_of_another_dialect()
    {
        var events = new GeminiDialect().ReadWhole("""
            {"candidates": [{"content": {"parts": [{"text": "hm", "thought": true}, {"text": "calling"}, {"functionCall": {"name": "f", "args": {}}}]},
             "finishReason": "STOP"}],
             "usageMetadata": {"promptTokenCount": 2, "candidatesTokenCount": 3}}
            """);
        Assert.Equal(
            """
            {"id":"weir1","finish_reason":"TOOL_CALL",
            "message":{"role":"assistant","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"calling"}],
            "tool_calls":[{"id":"call_weir1_2","type":"function","function":{"name":"f","arguments":"{}"}}]},
            "usage":{"billed_units":{"input_tokens":2,"output_tokens":3},"tokens":{"input_tokens":2,"output_tokens":3}}}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal),
            Dialect.WriteWhole(events).ToJsonString());
        Assert.Equal(
            ["message-start", "content-start", "content-delta", "content-end", "content-start", "content-delta", "content-end",
             "tool-call-start", "tool-call-delta", "tool-call-end", "message-end", ""],
            Wires.Events(Dialect.WriteStream(events)).Select(one => one.Name));
    }

    [Theory]
    [InlineData(401, """{"message": "invalid api token", "id": "x"}""", nameof(LlmErrorKind.Authentication))]
    [InlineData(400, """{"message": "too many tokens: total"}""", nameof(LlmErrorKind.TooLarge))]
    [InlineData(429, """{"message": "slow"}""", nameof(LlmErrorKind.RateLimit))]
    [InlineData(500, "", nameof(LlmErrorKind.Provider))]
    public void Reads_errors(int status, string body, string kind)
    {
        var error = Dialect.ReadError(status, Encoding.UTF8.GetBytes(body));
        Assert.Equal((kind, status), (error.Kind.ToString(), error.Status));
    }
}
