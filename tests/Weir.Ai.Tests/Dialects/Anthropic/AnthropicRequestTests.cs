using System.Text;

namespace Weir.Ai.Tests;

public sealed class AnthropicRequestTests
{
    static readonly DialectProbe s_probe = new(new AnthropicDialect());

    [Fact]
    public void Reports_every_problem_with_its_place()
    {
        var problems = s_probe.Problems("""
            {"model": 1, "max_tokens": 0, "stream": "yes", "temperature": "hot", "stop_sequences": [1], "metadata": [], "system": [{"type": "text"}],
             "messages": [{"role": "robot", "content": "x"}, {"role": "user"}, 7,
               {"role": "user", "content": [{"type": "text", "text": 1, "cache_control": {"type": "eternal"}}, {}, {"type": "image"},
                 {"type": "image", "source": {"type": "base64"}}, {"type": "tool_result"}, {"type": "tool_use", "id": "a", "name": "b"},
                 {"type": "thinking"}, {"type": "redacted_thinking"}]}],
             "tools": [{"name": "t"}, {"input_schema": {}}], "tool_choice": {"type": "some"}, "thinking": {"type": "enabled"},
             "output_config": {"format": {"type": "xml"}}}
            """);
        Assert.Equal(
            """
            model: must be a string, not the number 1
            stream: must be true or false, not a string
            model: is required
            max_tokens: must be at least 1
            temperature: must be a number, not a string
            stop_sequences[0]: must be a string, not the number 1
            metadata: must be an object, not an array
            system[0].text: is required
            messages[0].role: must be user, assistant or system
            messages[1].content: is required
            messages[2]: must be an object, not the number 7
            messages[3].content[0].text: must be a string, not the number 1
            messages[3].content[0].cache_control.type: must be ephemeral
            messages[3].content[1].type: is required
            messages[3].content[2].source: is required
            messages[3].content[3].source.media_type: is required
            messages[3].content[3].source.data: is required
            messages[3].content[4].tool_use_id: is required
            messages[3].content[5].input: is required
            messages[3].content[6].thinking: is required
            messages[3].content[7].data: is required
            tools[0].input_schema: is required
            tools[1].name: is required
            tool_choice.type: must be auto, any, tool or none
            thinking.budget_tokens: is required
            output_config.format.type: must be json_schema
            output_config.format.schema: is required
            """.Split('\n').Order(StringComparer.Ordinal),
            problems.Split('\n').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{}", "model: is required\nmax_tokens: is required\nmessages: is required")]
    [InlineData("""{"model": "m", "max_tokens": 1, "messages": []}""", "messages: must have at least one message")]
    [InlineData("""{"model": "m", "max_tokens": 1, "messages": {}}""", "messages: must be an array, not an object\nmessages: must have at least one message")]
    [InlineData(
        """{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "a"}], "tool_choice": {"type": "tool"}}""",
        "tool_choice.name: is required")]
    public void Reports_what_is_missing(string body, string expected) => Assert.Equal(expected, s_probe.Problems(body));

    [Fact]
    public void Writes_the_request_of_another_dialect_by_the_rules_of_Anthropic()
    {
        var request = Foreign();
        request.Messages.Add(Message.OfText(Role.Assistant, "Hello"));
        request.Messages.Add(Message.OfText(Role.Developer, "Be brief."));
        request.Messages.Add(Message.OfText(Role.User, "Weather?"));
        request.Messages.Add(Message.OfText(Role.User, "  "));
        request.Messages.Add(new Message
        {
            Role = Role.Assistant,
            Parts = { new ReasoningPart("hm") { Signature = "foreign" }, new ToolCallPart("call:1", "w", ""), new ToolCallPart("call:2", "w", "{broken") },
        });
        request.Messages.Add(Message.OfText(Role.User, "and?"));
        request.Messages.Add(new Message { Role = Role.Tool, Parts = { new ToolResultPart("call:1", [new TextPart("rain")]) } });
        var broken = new ToolResultPart("call:2", [new OpaquePart("json", JsonText.Of("{\"t\":1}"))]) { IsError = true };
        request.Messages.Add(new Message { Role = Role.Tool, Parts = { broken } });
        AssertWrites(
            """
            {"model": "claude", "max_tokens": 4096, "system": "Be brief.", "messages": [
              {"role": "user", "content": "."},
              {"role": "assistant", "content": "Hello"},
              {"role": "user", "content": "Weather?"},
              {"role": "assistant", "content": [{"type": "tool_use", "id": "call_1", "name": "w", "input": {}},
                {"type": "tool_use", "id": "call_2", "name": "w", "input": {"arguments": "{broken"}}]},
              {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "rain"},
                {"type": "tool_result", "tool_use_id": "call_2", "is_error": true, "content": "{\"t\":1}"}, {"type": "text", "text": "and?"}]}]}
            """,
            "messages.role, messages.signature",
            request);
    }

    [Fact]
    public void Names_what_Anthropic_cannot_say()
    {
        var request = Foreign("Hi");
        request.Messages[0].Name = "Ann";
        request.Messages[0].Parts.Add(new AudioPart(new Media { MimeType = "audio/wav", Base64 = "AAAA" }));
        request.Messages[0].Parts.Add(new ImagePart(new Media { FileId = "file-1" }));
        request.Sampling = new Sampling
        {
            Choices = 2,
            FrequencyPenalty = 1,
            PresencePenalty = 1,
            Seed = 1,
            Logprobs = true,
            TopLogprobs = 2,
            Temperature = 1.5,
            TopP = 0.5,
        };
        request.Extras.Add(new Extra("logit_bias", JsonText.Of("{}")));
        request.Store = true;
        request.Metadata.Add(new("a", "b"));
        AssertWrites(
            """{"model": "claude", "max_tokens": 4096, "messages": [{"role": "user", "content": "Hi"}], "temperature": 1}""",
            "messages.audio, messages.image, messages.name, temperature, top_p, logit_bias, n, frequency_penalty, presence_penalty, seed, logprobs, "
            + "top_logprobs, store, metadata",
            request);
    }

    [Fact]
    public void Maps_what_has_another_name()
    {
        var request = Foreign("Hi");
        request.User = "u1";
        request.ServiceTier = "default";
        request.ParallelTools = false;
        request.IsStream = true;
        request.Tools.Add(new ToolDefinition { Name = "a", Description = "A", Parameters = JsonText.Of("{}"), IsStrict = false });
        request.Tools.Add(new ToolDefinition { Name = "b", IsStrict = true });
        request.ToolChoice = new ToolChoice(ToolChoiceKind.Required);
        request.Sampling = new Sampling { OutputTokensMax = 100, Stop = ["x", " "], TopK = 5 };
        AssertWrites(
            """
            {"model": "claude", "max_tokens": 100, "messages": [{"role": "user", "content": "Hi"}],
             "tools": [{"name": "a", "description": "A", "input_schema": {"type": "object"}},
                       {"name": "b", "input_schema": {"type": "object", "properties": {}}, "strict": true}],
             "tool_choice": {"type": "any", "disable_parallel_tool_use": true}, "top_k": 5, "stop_sequences": ["x"],
             "metadata": {"user_id": "u1"}, "service_tier": "standard_only", "stream": true}
            """,
            "stop",
            request);
    }

    [Fact]
    public void Writes_only_the_tools_that_are_allowed()
    {
        var request = Foreign("Hi");
        request.Tools.Add(new ToolDefinition { Name = "a" });
        request.Tools.Add(new ToolDefinition { Name = "b" });
        request.ToolChoice = new ToolChoice(ToolChoiceKind.Auto) { Allowed = ["b"] };
        AssertWrites(
            """
            {"model": "claude", "max_tokens": 4096, "messages": [{"role": "user", "content": "Hi"}],
             "tools": [{"name": "b", "input_schema": {"type": "object", "properties": {}}}], "tool_choice": {"type": "auto"}}
            """,
            "",
            request);
    }

    [Theory]
    [InlineData("low", null, """{"thinking": {"type": "enabled", "budget_tokens": 2048}, "max_tokens": 6144}""", "")]
    [InlineData("high", 4096, """{"thinking": {"type": "enabled", "budget_tokens": 3276}, "max_tokens": 4096}""", "")]
    [InlineData("high", 1000, """{"max_tokens": 1000}""", "reasoning_effort")]
    [InlineData("none", null, """{"thinking": {"type": "disabled"}, "max_tokens": 4096}""", "")]
    public void Turns_an_effort_into_a_budget(string effort, int? tokens, string fields, string losses)
    {
        var request = Foreign("Hi");
        request.Reasoning = new Reasoning { Effort = effort };
        request.Sampling = new Sampling { OutputTokensMax = tokens };
        AssertWrites(Merged("""{"model": "claude", "messages": [{"role": "user", "content": "Hi"}]}""", fields), losses, request);
    }

    [Fact]
    public void Leaves_the_thinking_to_models_that_decide_themselves()
    {
        var request = Foreign("Hi");
        request.Reasoning = new Reasoning { BudgetTokens = 10000 };
        AssertWrites(
            """
            {"model": "claude", "max_tokens": 4096, "messages": [{"role": "user", "content": "Hi"}], "thinking": {"type": "adaptive"},
             "output_config": {"effort": "medium"}}
            """,
            "",
            request,
            new ModelTraits { ReasonsAdaptively = true });
    }

    [Fact]
    public void Closes_the_objects_of_a_schema()
    {
        var request = Foreign("Hi");
        var schema = JsonText.Of("""{"type":"object","properties":{"a":{"type":"object","properties":{}}}}""");
        request.Format = new OutputFormat(OutputKind.JsonSchema, "s", Schema: schema);
        AssertWrites(
            """
            {"model": "claude", "max_tokens": 4096, "messages": [{"role": "user", "content": "Hi"}],
             "output_config": {"format": {"type": "json_schema", "schema":
              {"type": "object", "properties": {"a": {"type": "object", "properties": {}, "additionalProperties": false}}, "additionalProperties": false}}}}
            """,
            "",
            request);
    }

    [Fact]
    public void Asks_for_JSON_through_a_tool_where_the_model_has_no_structured_output()
    {
        var request = Foreign("Hi");
        request.Format = new OutputFormat(OutputKind.JsonSchema, "s", "The weather.", JsonText.Of("""{"type":"object"}"""));
        request.Reasoning = new Reasoning { Effort = "low" };
        AssertWrites(
            """
            {"model": "claude", "max_tokens": 4096, "messages": [{"role": "user", "content": "Hi"}],
             "tools": [{"name": "json_answer", "description": "The weather.", "input_schema": {"type": "object"}}],
             "tool_choice": {"type": "tool", "name": "json_answer"}}
            """,
            "reasoning_effort",
            request,
            new ModelTraits { LacksJsonSchema = true });
    }

    [Fact]
    public void Writes_images_and_documents_in_their_sources()
    {
        var request = Foreign();
        request.Messages.Add(new Message
        {
            Role = Role.User,
            Parts =
            {
                new ImagePart(new Media { Base64 = "iVBORw0KGgoAAA" }) { Detail = "high" },
                new ImagePart(new Media { Url = "https://x/y.png" }) { Cache = new CacheMark("1h") },
                new DocumentPart(new Media { MimeType = "application/pdf", Base64 = "JVBERi0" }) { FileName = "a.pdf" },
                new DocumentPart(new Media { MimeType = "text/csv", Base64 = Convert.ToBase64String("a,b"u8) }) { Citations = true, Context = "c" },
                new DocumentPart(new Media { MimeType = "application/zip", Base64 = "AAAA" }),
            },
        });
        AssertWrites(
            """
            {"model": "claude", "max_tokens": 4096, "messages": [{"role": "user", "content": [
              {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgoAAA"}},
              {"type": "image", "source": {"type": "url", "url": "https://x/y.png"}, "cache_control": {"type": "ephemeral", "ttl": "1h"}},
              {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0"}, "title": "a.pdf"},
              {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a,b"}, "context": "c", "citations": {"enabled": true}}]}]}
            """,
            "messages.file, messages.image.detail",
            request);
    }

    [Fact]
    public void Keeps_every_block_that_it_does_not_know()
    {
        const string Body = """
            {"model": "claude-x", "max_tokens": 5, "messages": [{"role": "user", "content": [
              {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"}]}, "cache_control": {"type": "ephemeral"}},
              {"type": "search_result", "source": "s", "title": "t", "content": []},
              {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA", "x": 1}},
              {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "scope": "global"}}]}],
             "cache_control": {"type": "ephemeral"}, "metadata": {"user_id": "u", "x": 1}, "thinking": {"type": "disabled"},
             "output_config": {"effort": "low", "task_budget": {"total": 5}}, "tools": [{"type": "mcp_toolset", "mcp_server_name": "m"}]}
            """;
        var losses = new Losses();
        Assert.Equal(CanonicalJson.Of(Body), CanonicalJson.Of(s_probe.Write(s_probe.Request(Body), losses)));
        Assert.True(losses.IsEmpty);
    }

    [Fact]
    public void Thoughts_of_others_do_not_go_to_Claude()
    {
        const string Body = """
            {"model": "claude-x", "max_tokens": 5, "messages": [{"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": ""}]}]}
            """;
        var losses = new Losses();
        Assert.DoesNotContain("thinking", s_probe.Write(s_probe.Request(Body), losses), StringComparison.Ordinal);
        Assert.Equal("messages.reasoning", losses.ToString());
        Assert.Contains("\"thinking\"", s_probe.Write(s_probe.Request(Body), losses, new ModelTarget { Model = "kimi-k2" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_tokens_without_a_limit_of_the_answer()
    {
        const string Body = """{"model": "m", "messages": [{"role": "user", "content": "a"}], "system": "s"}""";
        var problems = new Problems();
        var request = AnthropicTokenCount.ReadRequest(Encoding.UTF8.GetBytes(Body), default, problems);
        Assert.Empty(problems.Found);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        AnthropicTokenCount.WriteRequest(request!, new ModelTarget { Model = "m" }, output, new Losses());
        Assert.Equal(CanonicalJson.Of(Body), CanonicalJson.Of(Encoding.UTF8.GetString(output.WrittenSpan)));
        output.Clear();
        AnthropicTokenCount.WriteReply(12, output);
        Assert.Equal(12, AnthropicTokenCount.ReadReply(output.WrittenMemory));
        Assert.Null(AnthropicTokenCount.ReadReply("{}"u8.ToArray()));
        Assert.Null(AnthropicTokenCount.ReadReply("nonsense"u8.ToArray()));
    }

    static ChatRequest Foreign(string? text = null)
    {
        var request = new ChatRequest { Dialect = DialectName.OpenAiChat, Model = "claude" };
        if (text is not null) request.Messages.Add(Message.OfText(Role.User, text));
        return request;
    }

    static string Merged(string json, string more)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(more)!.AsObject()) node[name] = value!.DeepClone();
        return node.ToJsonString();
    }

    static void AssertWrites(string expected, string losses, ChatRequest request, ModelTraits? traits = null)
    {
        var named = new Losses();
        var written = s_probe.Write(request, named, new ModelTarget { Model = request.Model, Traits = traits ?? ModelTraits.Unknown });
        Assert.Equal(CanonicalJson.Of(expected), CanonicalJson.Of(written));
        Assert.Equal(losses, named.ToString());
    }
}
