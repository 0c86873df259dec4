namespace Weir.Ai.Tests;

public sealed class ResponsesRequestTests
{
    static readonly OpenAiResponsesDialect Dialect = new();

    [Theory]
    [InlineData("""{}""", "input", "is required")]
    [InlineData("""{"input": 1}""", "input", "must be a string or an array of items")]
    [InlineData("""{"input": [{}]}""", "input[0].type", "is required")]
    [InlineData("""{"input": [{"role": "robot", "content": "x"}]}""", "input[0].role", "must be user, assistant, system or developer, not \"robot\"")]
    [InlineData("""{"input": [{"role": "user", "content": 3}]}""", "input[0].content", "must be a string or an array of parts")]
    [InlineData("""{"input": [{"role": "user", "content": [{"type": "input_text"}]}]}""", "input[0].content[0].text", "is required")]
    [InlineData("""{"input": [{"role": "user", "content": [{"type": "input_image"}]}]}""", "input[0].content[0].image_url", "is required, or file_id")]
    [InlineData(
        """{"input": [{"role": "user", "content": [{"type": "input_file", "file_data": "data:x,y"}]}]}""",
        "input[0].content[0].file_data", "must be a data: URL in base64")]
    [InlineData("""{"input": [{"type": "function_call", "name": "f"}]}""", "input[0].call_id", "is required")]
    [InlineData("""{"input": [{"type": "function_call_output", "call_id": "c"}]}""", "input[0].output", "is required")]
    [InlineData("""{"input": "x", "tool_choice": "maybe"}""", "tool_choice", "must be auto, none, required or an object, not \"maybe\"")]
    [InlineData("""{"input": "x", "tool_choice": {"type": "function"}}""", "tool_choice.name", "is required")]
    [InlineData("""{"input": "x", "tools": [{"type": "function"}]}""", "tools[0].name", "is required")]
    [InlineData("""{"input": "x", "text": {"format": {"type": "json_schema"}}}""", "text.format.name", "is required")]
    [InlineData("""{"input": "x", "max_output_tokens": 1.5}""", "max_output_tokens", "must be a whole number, not the number 1.5")]
    [InlineData("""{"input": "x", "metadata": {"a": 1}}""", "metadata.a", "must be a string, not the number 1")]
    public void Refuses_a_request_with_the_place_of_the_problem(string json, string field, string message) =>
        Assert.Contains((field, message), Dialect.ProblemsOf(json));

    [Fact]
    public void Puts_what_the_model_gave_in_one_turn_into_one_message()
    {
        var request = Dialect.Read("""
            {"instructions": "be brief", "input": [{"role": "user", "content": "hi"},
             {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}],
              "encrypted_content": "e"},
             {"type": "message", "id": "m", "role": "assistant", "status": "completed",
              "content": [{"type": "output_text", "text": "calling", "annotations": []}]},
             {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"},
             {"type": "function_call", "call_id": "2", "name": "f", "arguments": "{}"},
             {"type": "function_call_output", "call_id": "1", "output": "x"},
             {"type": "function_call_output", "call_id": "2", "output": [{"type": "input_text", "text": "y"}]}]}
            """);
        Assert.Equal([Role.System, Role.User, Role.Assistant, Role.Tool, Role.Tool], request.Messages.Select(message => message.Role));
        var turn = request.Messages[2].Parts;
        Assert.Equal(4, turn.Count);
        Assert.Equal(("a\n\nb", "e", "rs"), (((ReasoningPart)turn[0]).Text, ((ReasoningPart)turn[0]).Encrypted, ((ReasoningPart)turn[0]).Id));
    }

    [Fact]
    public void Keeps_the_providers_state_for_its_own_and_names_it_as_a_loss_elsewhere()
    {
        const string Body = """
            {"model":"m","input":[{"type":"item_reference","id":"i"},{"type":"message","role":"user","content":"x"}],
             "previous_response_id":"resp_1","background":true}
            """;
        var request = Dialect.Read(Body);
        Assert.Null(JsonSame.Difference(System.Text.Json.Nodes.JsonNode.Parse(Body), Dialect.Write(request)));
        var losses = new Losses();
        new GeminiDialect().Write(request, losses, "gemini-3");
        Assert.Equal(["messages.item_reference", "previous_response_id", "background"], losses.Names);
    }

    [Fact]
    public void Reads_a_choice_among_functions()
    {
        var request = Dialect.Read("""
            {"input": "x", "tool_choice": {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]}}
            """);
        Assert.Equal((ToolChoiceKind.Required, "f"), (request.ToolChoice!.Kind, Assert.Single(request.ToolChoice.Allowed)));
        Assert.Null(Dialect.Read("""{"input": "x", "tool_choice": {"type": "web_search"}}""").ToolChoice);
    }

    [Fact]
    public void Writes_a_request_of_another_dialect_with_this_ones_defaults_undone()
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.Anthropic,
            IsStream = true,
            Messages =
            {
                Message.OfText(Role.System, "sys"),
                new Message
                {
                    Role = Role.User,
                    Parts = { new TextPart("look") { Cache = new CacheMark() }, new ImagePart(new Media { MimeType = "image/png", Base64 = "AA==" }) },
                },
                new Message
                {
                    Role = Role.Assistant,
                    Parts = { new ReasoningPart("t") { Signature = "s" }, new TextPart("ok"), new ToolCallPart("t1", "f", "") },
                },
                new Message { Role = Role.Tool, Parts = { new ToolResultPart("t1", [new TextPart("r")]) { IsError = true } } },
                new Message { Role = Role.User, Parts = { new DocumentPart(new Media { MimeType = "application/pdf", Base64 = "BB==" }) } },
            },
            Tools = { new ToolDefinition { Name = "f", Parameters = JsonText.Of("""{"type":"object"}""") } },
            Sampling = new Sampling { OutputTokensMax = 9, TopK = 3, Stop = ["x"] },
            Reasoning = new Reasoning { IsEnabled = true, BudgetTokens = 4000 },
        };
        var losses = new Losses();
        Assert.Equal(
            """
            {"model":"gpt","instructions":"sys","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"look"},
            {"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"}]},{"type":"message","role":"assistant","content":"ok"},
            {"type":"function_call","call_id":"t1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"t1","output":"r"},
            {"type":"message","role":"user","content":[{"type":"input_file","file_data":"data:application/pdf;base64,BB==","filename":"document.pdf"}]}],
            "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}],"reasoning":{"effort":"medium","summary":"auto"},
            "max_output_tokens":9,"store":false,"stream":true}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal),
            Dialect.Write(request, losses, "gpt").ToJsonString());
        Assert.Equal(["messages.cache_control", "messages.signature", "messages.is_error", "top_k", "stop_sequences"], losses.Names);
    }

    [Fact]
    public void Brings_the_settings_of_chat_completions_to_their_place()
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.OpenAiChat,
            Messages = { Message.OfText(Role.User, "x") },
            Format = new OutputFormat(OutputKind.JsonSchema, "n", Schema: JsonText.Of("{}"), IsStrict: true),
            ToolChoice = new ToolChoice(ToolChoiceKind.Named, "f"),
            Sampling = new Sampling { Logprobs = true, TopLogprobs = 2, Seed = 1 },
            ServiceTier = "flex",
            Extras =
            {
                new Extra("verbosity", JsonText.Of("\"low\"")),
                new Extra("prompt_cache_key", JsonText.Of("\"k\"")),
                new Extra("logit_bias", JsonText.Of("{}")),
            },
        };
        var losses = new Losses();
        Assert.Equal(
            """
            {"model":"gpt","input":[{"type":"message","role":"user","content":"x"}],"tool_choice":{"type":"function","name":"f"},
            "text":{"format":{"type":"json_schema","name":"n","schema":{},"strict":true},"verbosity":"low"},"top_logprobs":2,
            "include":["message.output_text.logprobs"],"service_tier":"flex","store":false,"prompt_cache_key":"k"}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal),
            Dialect.Write(request, losses, "gpt").ToJsonString());
        Assert.Equal(["seed", "logit_bias"], losses.Names);
    }
}
