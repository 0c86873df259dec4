namespace Weir.Ai.Tests;

public sealed class GeminiRequestTests
{
    static readonly GeminiDialect Dialect = new();

    [Theory]
    [InlineData("""{}""", "contents", "is required")]
    [InlineData("""{"contents": 1}""", "contents", "must be an array, not the number 1")]
    [InlineData("""{"contents": [1]}""", "contents[0]", "must be an object, not the number 1")]
    [InlineData("""{"contents": [{"role": "assistant", "parts": []}]}""", "contents[0].role", "must be user, model or function, not \"assistant\"")]
    [InlineData("""{"contents": [{"parts": [{"text": 1}]}]}""", "contents[0].parts[0].text", "must be a string, not the number 1")]
    [InlineData("""{"contents": [{"parts": [{"inlineData": {"data": "AA=="}}]}]}""", "contents[0].parts[0].inlineData.mimeType", "is required")]
    [InlineData("""{"contents": [{"parts": [{"functionCall": {"args": {}}}]}]}""", "contents[0].parts[0].functionCall.name", "is required")]
    [InlineData(
        """{"contents": [{"parts": [{"functionCall": {"name": "f", "args": "{}"}}]}]}""",
        "contents[0].parts[0].functionCall.args", "must be an object, not a string")]
    [InlineData("""{"contents": [], "generationConfig": {"temperature": "hot"}}""", "generationConfig.temperature", "must be a number, not a string")]
    [InlineData("""{"contents": [], "generation_config": {"top_k": 1.5}}""", "generation_config.top_k", "must be a whole number")]
    [InlineData(
        """{"contents": [], "toolConfig": {"functionCallingConfig": {"mode": "SOME"}}}""",
        "toolConfig.functionCallingConfig.mode", "must be AUTO, ANY, NONE or VALIDATED, not \"SOME\"")]
    [InlineData("""{"contents": [], "tools": [{"functionDeclarations": [{}]}]}""", "tools[0].functionDeclarations[0].name", "is required")]
    public void Refuses_a_request_with_the_place_of_the_problem(string json, string field, string message) =>
        Assert.Contains((field, message), Dialect.ProblemsOf(json));

    [Fact]
    public void Names_a_part_that_is_none()
    {
        var (field, message) = Assert.Single(Dialect.ProblemsOf("""{"contents": [{"parts": [{}]}]}"""));
        Assert.Equal("contents[0].parts[0].text", field);
        Assert.StartsWith("is required", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_model_and_stream_from_the_path()
    {
        var request = Dialect.Read("""{"contents": {"parts": {"text": "hi"}}}""", new RequestLine("gemini-2.5-pro", IsStream: true));
        Assert.Equal("gemini-2.5-pro", request.Model);
        Assert.True(request.IsStream);
        Assert.Equal("hi", Assert.IsType<TextPart>(Assert.Single(Assert.Single(request.Messages).Parts)).Text);
    }

    [Fact]
    public void Reads_thinking_tools_and_the_choice_among_them()
    {
        var request = Dialect.Read("""
            {"contents": [], "tools": [{"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT", "properties": {
              "b": {"type": "STRING", "nullable": true},
              "a": {"type": "ARRAY", "minItems": "1", "items": {"type": "INTEGER"}}}, "propertyOrdering": ["a", "b"]}}]}, {"googleSearch": {}}],
             "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
             "generationConfig": {"thinkingConfig": {"thinkingBudget": -1, "includeThoughts": true}}}
            """);
        Assert.Equal(
            """{"type":"object","properties":{"a":{"type":"array","minItems":1,"items":{"type":"integer"}},"b":{"type":["string","null"]}}}""",
            request.Tools[0].Parameters.ToString());
        Assert.Equal("""{"googleSearch":{}}""", request.Tools[1].Opaque.ToString());
        Assert.Equal(new ToolChoice(ToolChoiceKind.Named, "f"), request.ToolChoice);
        Assert.Equal(new Reasoning { IsEnabled = true, IsAdaptive = true, Summary = "auto" }, request.Reasoning);
    }

    [Fact]
    public void Gives_calls_without_id_one_and_their_responses_the_same()
    {
        var request = Dialect.Read("""
            {"contents": [{"role": "model", "parts": [{"functionCall": {"name": "f"}},
               {"functionCall": {"name": "f", "args": {"x": 1}}, "thoughtSignature": "s"}]},
              {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"output": 1}}},
               {"functionResponse": {"name": "f", "response": {"error": "no"}}}]}]}
            """);
        var calls = request.Messages[0].Parts.Cast<ToolCallPart>().ToList();
        var results = request.Messages[1].Parts.Cast<ToolResultPart>().ToList();
        Assert.Equal(Role.Tool, request.Messages[1].Role);
        Assert.Equal(calls.Select(call => call.Id), results.Select(result => result.CallId));
        Assert.NotEqual(calls[0].Id, calls[1].Id);
        Assert.Equal("s", calls[1].Signature);
        Assert.Equal([false, true], results.Select(result => result.IsError));
    }

    [Fact]
    public void Puts_results_of_one_turn_into_one_content_and_signs_the_first_call_for_gemini_3()
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.OpenAiChat,
            Messages =
            {
                Message.OfText(Role.System, "be brief"),
                Message.OfText(Role.User, "weather?"),
                new Message { Role = Role.Assistant, Parts = { new ToolCallPart("a", "f", """{"c":1}"""), new ToolCallPart("b", "g", "oops") } },
                new Message { Role = Role.Tool, Parts = { new ToolResultPart("a", [new TextPart("sun")]) } },
                new Message { Role = Role.Tool, Parts = { new ToolResultPart("b", [new TextPart("bad")]) { IsError = true } } },
            },
        };
        var losses = new Losses();
        var written = Dialect.Write(request, losses, "gemini-3-pro");
        Assert.Equal(
            """
            {"systemInstruction":{"parts":[{"text":"be brief"}]},"contents":[{"role":"user","parts":[{"text":"weather?"}]},
            {"role":"model","parts":[{"functionCall":{"id":"a","name":"f","args":{"c":1}},"thoughtSignature":"c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="},
            {"functionCall":{"id":"b","name":"g","args":{"arguments":"oops"}}}]},
            {"role":"user","parts":[{"functionResponse":{"id":"a","name":"f","response":{"output":"sun"}}},
            {"functionResponse":{"id":"b","name":"g","response":{"error":"bad"}}}]}]}
            """.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal),
            written.ToJsonString());
        Assert.True(losses.IsEmpty);
        Assert.DoesNotContain("thoughtSignature", Dialect.Write(request, model: "gemini-2.5-flash").ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini-2.5-flash", "medium", """{"thinkingBudget":8192}""", "")]
    [InlineData("gemini-2.5-flash", "none", """{"thinkingBudget":0}""", "")]
    [InlineData("gemini-2.5-pro", "none", """{"thinkingBudget":128}""", "reasoning_effort")]
    [InlineData("gemini-3-pro-preview", "xhigh", """{"thinkingLevel":"high"}""", "")]
    [InlineData("gemini-3-pro-preview", "none", """{"thinkingLevel":"low"}""", "reasoning_effort")]
    [InlineData("gemini-2.0-flash", "high", null, "reasoning_effort")]
    public void Asks_each_generation_to_think_in_its_own_way(string model, string effort, string? thinking, string losses)
    {
        var request = new ChatRequest { Dialect = DialectName.OpenAiChat, Reasoning = new Reasoning { Effort = effort } };
        var lost = new Losses();
        Assert.Equal(thinking, Dialect.Write(request, lost, model)["generationConfig"]?["thinkingConfig"]?.ToJsonString());
        Assert.Equal(losses, lost.ToString());
    }

    [Fact]
    public void Writes_schemas_whole_and_names_what_it_cannot_say()
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.OpenAiChat,
            Messages =
            {
                new Message
                {
                    Role = Role.User,
                    Name = "ann",
                    Parts = { new ImagePart(new Media { FileId = "file-1" }), new ReasoningPart("hm") { Signature = "x" } },
                },
            },
            Format = new OutputFormat(OutputKind.JsonSchema, "a", Schema: JsonText.Of("""{"type":"object","$defs":{"x":{"const":1}},"not":{}}""")),
            ToolChoice = new ToolChoice(ToolChoiceKind.Auto) { Allowed = ["f"] },
            ParallelTools = false,
            User = "u",
            Extras = { new Extra("logit_bias", JsonText.Of("{}")) },
        };
        var losses = new Losses();
        var written = Dialect.Write(request, losses);
        Assert.Equal(
            """{"responseMimeType":"application/json","responseJsonSchema":{"type":"object","$defs":{"x":{"const":1}},"not":{}}}""",
            written["generationConfig"]!.ToJsonString());
        Assert.Equal("""{"functionCallingConfig":{"mode":"VALIDATED","allowedFunctionNames":["f"]}}""", written["toolConfig"]!.ToJsonString());
        Assert.Equal(["messages.name", "messages.image.file_id", "messages.signature", "logit_bias", "parallel_tool_calls", "user"], losses.Names);
    }

    [Fact]
    public void Writes_pictures_by_address_with_a_type_and_documents_by_their_bytes()
    {
        var request = new ChatRequest
        {
            Dialect = DialectName.OpenAiChat,
            Messages =
            {
                new Message
                {
                    Role = Role.User,
                    Parts =
                    {
                        new ImagePart(new Media { Url = "https://x/a.webp?b=c.png" }),
                        new DocumentPart(new Media { MimeType = "application/pdf", Base64 = "AA==" }),
                    },
                },
            },
        };
        Assert.Equal(
            """[{"fileData":{"mimeType":"image/webp","fileUri":"https://x/a.webp?b=c.png"}},{"inlineData":{"mimeType":"application/pdf","data":"AA=="}}]""",
            Dialect.Write(request)["contents"]![0]!["parts"]!.ToJsonString());
    }
}
