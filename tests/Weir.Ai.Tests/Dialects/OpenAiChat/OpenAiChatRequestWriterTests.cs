using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Weir.Ai.Tests;

public sealed class OpenAiChatRequestWriterTests
{
    readonly OpenAiChatDialect _dialect = new();

    [Fact]
    public void Writes_results_before_what_else_stands_in_their_message_and_images_after_them()
    {
        var image = new ImagePart(new Media { MimeType = "image/png", Base64 = "AA==" });
        var request = Foreign(
            new Message { Role = Role.Assistant, Parts = { new ToolCallPart("a", "f", ""), new ToolCallPart("b", "g", "{}") } },
            new Message
            {
                Role = Role.User,
                Parts =
                {
                    new TextPart("and?"),
                    new ToolResultPart("a", [new TextPart("one"), image]),
                    new ToolResultPart("b", [new TextPart("x"), new TextPart("y")]) { IsError = true },
                },
            });
        Writes(
            """
            {"model":"m","messages":[
              {"role":"assistant","content":null,"tool_calls":[
                {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"a","content":"one"},
              {"role":"tool","tool_call_id":"b","content":"x\ny"},
              {"role":"user","content":[{"type":"text","text":"Result of a:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]},
              {"role":"user","content":"and?"}]}
            """,
            request,
            losses: "messages.is_error");
    }

    [Fact]
    public void Joins_texts_of_another_dialect() =>
        Writes(
            """{"model":"m","messages":[{"role":"system","content":"a\n\nb"},{"role":"assistant","content":"cd"}]}""",
            Foreign(
                new Message { Role = Role.System, Parts = { new TextPart("a") { Cache = new CacheMark() }, new TextPart("b") } },
                new Message { Role = Role.Assistant, Parts = { new TextPart("c"), new TextPart("d") } }),
            losses: "cache_control");

    [Fact]
    public void Writes_cache_marks_where_the_provider_takes_them() =>
        Writes(
            """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]}""",
            Foreign(new Message { Role = Role.User, Parts = { new TextPart("a") { Cache = new CacheMark("1h") } } }),
            new ModelTraits { Takes = new HashSet<string> { "cache_control" } });

    [Fact]
    public void Leaves_out_thoughts_of_another_dialect_and_says_so() =>
        Writes(
            """{"model":"m","messages":[{"role":"assistant","content":"a"}]}""",
            Foreign(new Message { Role = Role.Assistant, Parts = { new ReasoningPart("hm") { Signature = "s" }, new TextPart("a") } }),
            losses: "messages.signature, messages.reasoning");

    [Fact]
    public void Writes_thoughts_where_the_provider_takes_them() =>
        Writes(
            """{"model":"m","messages":[{"role":"assistant","reasoning_content":"hm","content":"a"}]}""",
            Foreign(new Message { Role = Role.Assistant, Parts = { new ReasoningPart("hm"), new TextPart("a") } }),
            new ModelTraits { Takes = new HashSet<string> { "reasoning_content" } });

    [Theory]
    [InlineData(DialectName.OpenAiChat, "max_completion_tokens", false, "", "max_completion_tokens")]
    [InlineData(DialectName.OpenAiChat, "max_tokens", false, "", "max_tokens")]
    [InlineData(DialectName.OpenAiChat, "max_tokens", true, "", "max_completion_tokens")]
    [InlineData(DialectName.OpenAiChat, "max_tokens", false, "max_tokens", "max_completion_tokens")]
    [InlineData(DialectName.OpenAiChat, "max_completion_tokens", false, "max_completion_tokens", "max_tokens")]
    [InlineData(DialectName.Anthropic, null, false, "", "max_tokens")]
    [InlineData(DialectName.Anthropic, null, true, "", "max_completion_tokens")]
    public void Names_the_limit_as_the_model_wants_it(object from, string? field, bool wantsNew, string refused, string expected)
    {
        var request = new ChatRequest { Dialect = (DialectName)from, Sampling = new Sampling { OutputTokensMax = 5, OutputTokensField = field } };
        var traits = new ModelTraits { WantsMaxCompletionTokens = wantsNew, Refuses = new HashSet<string> { refused } };
        Writes($$"""{"model":"m","messages":[],"{{expected}}":5}""", request, traits);
    }

    [Theory]
    [InlineData("high", null, true, "high")]
    [InlineData("max", null, true, "xhigh")]
    [InlineData(null, 1024, true, "low")]
    [InlineData(null, 8192, true, "medium")]
    [InlineData(null, 32000, true, "high")]
    [InlineData("low", null, false, "none")]
    public void Turns_a_budget_of_thinking_into_an_effort(string? effort, int? budget, bool isEnabled, string expected)
    {
        var request = Foreign();
        request.Reasoning = new Reasoning { Effort = effort, BudgetTokens = budget, IsEnabled = isEnabled };
        Writes($$"""{"model":"m","messages":[],"reasoning_effort":"{{expected}}"}""", request, new ModelTraits { Reasons = true });
        if (isEnabled) Writes("""{"model":"m","messages":[]}""", request, new ModelTraits(), losses: "thinking");
    }

    [Fact]
    public void Leaves_out_what_the_model_refuses_and_names_it_in_the_clients_words()
    {
        string[] refused = ["temperature", "top_p", "stop", "seed", "n", "logprobs", "top_logprobs", "response_format", "tool_choice", "parallel_tool_calls",
            "user", "metadata", "store", "service_tier", "reasoning_effort", "frequency_penalty", "presence_penalty", "modalities", "audio", "logit_bias"];
        var request = Read("""
            {"model":"x","messages":[],"temperature":1,"top_p":1,"stop":"a","seed":1,"n":2,"logprobs":true,"top_logprobs":1,
             "response_format":{"type":"json_object"},"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required",
             "parallel_tool_calls":false,"user":"u","metadata":{"a":"b"},"store":true,"service_tier":"flex","reasoning_effort":"low",
             "frequency_penalty":1,"presence_penalty":1,"modalities":["text"],"audio":{"voice":"v","format":"wav"},
             "logit_bias":{"1":2}}
            """);
        var losses = Writes(
            """{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f"}}]}""",
            request,
            new ModelTraits { Refuses = refused.ToHashSet() },
            losses: null);
        Assert.Equal(refused.Order(), losses.Names.Order());
    }

    [Fact]
    public void Asks_for_usage_with_every_stream_unless_the_provider_refuses()
    {
        var request = Read("""{"model":"x","messages":[],"stream":true,"stream_options":{"include_obfuscation":false}}""");
        Writes("""{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}""", request);
        Writes("""{"model":"m","messages":[],"stream":true}""", request, new ModelTraits { Refuses = new HashSet<string> { "stream_options" } });
        Assert.False(request.AsksUsage);
    }

    [Fact]
    public void Names_extras_and_opaque_parts_of_another_dialect_as_losses()
    {
        var request = Foreign(new Message
        {
            Role = Role.User,
            Parts = { new TextPart("a") { Annotations = JsonText.Of("[]") }, new OpaquePart("search_result", JsonText.Of("{}")) },
            Extras = { new Extra("mood", JsonText.Of("1")) },
        });
        request.Sampling = new Sampling { TopK = 5 };
        request.Extras.Add(new Extra("container", JsonText.Of("1")));
        request.Tools.Add(new ToolDefinition { Name = "web_search", Opaque = JsonText.Of("{}") });
        request.ServiceTier = "burst";
        var losses = Writes("""{"model":"m","messages":[{"role":"user","content":"a"}]}""", request, losses: null);
        Assert.Equal(
            ["container", "messages.citations", "messages.mood", "messages.search_result", "service_tier", "tools.web_search", "top_k"],
            losses.Names.Order());
    }

    [Fact]
    public void Writes_media_of_another_dialect()
    {
        static Media Of(string type) => new() { MimeType = type, Base64 = Convert.ToBase64String("hi"u8) };
        var request = Foreign(new Message
        {
            Role = Role.User,
            Parts =
            {
                new ImagePart(new Media { Url = "https://x/y.png" }),
                new AudioPart(Of("audio/mpeg")),
                new DocumentPart(Of("application/pdf")) { FileName = "a.pdf" },
                new DocumentPart(Of("text/plain")) { FileName = "b.txt", Context = "why" },
                new DocumentPart(new Media { Url = "https://x/c.pdf" }),
                new VideoPart(Of("video/mp4")),
                new ImagePart(new Media { FileId = "f" }),
            },
        });
        Writes(
            """
            {"model":"m","messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"https://x/y.png"}},
              {"type":"input_audio","input_audio":{"data":"aGk=","format":"mp3"}},
              {"type":"file","file":{"file_data":"data:application/pdf;base64,aGk=","filename":"a.pdf"}},
              {"type":"text","text":"b.txt\nwhy\n\nhi"}]}]}
            """,
            request,
            losses: "messages.document, messages.video, messages.file_id");
        Writes(
            """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"b.txt\nwhy\n\nhi"}]}]}""",
            request,
            new ModelTraits { Inputs = new HashSet<string>() },
            losses: "messages.image, messages.audio, messages.document, messages.video, messages.file_id");
    }

    [Fact]
    public void Calls_a_developer_system_where_that_is_all_the_provider_knows()
    {
        var request = Read("""{"model":"x","messages":[{"role":"developer","content":"d"}]}""");
        Writes("""{"model":"m","messages":[{"role":"developer","content":"d"}]}""", request);
        Writes("""{"model":"m","messages":[{"role":"system","content":"d"}]}""", request, new ModelTraits { Refuses = new HashSet<string> { "developer" } });
        Writes("""{"model":"m","messages":[{"role":"system","content":"d"}]}""", Foreign(Message.OfText(Role.Developer, "d")));
    }

    [Fact]
    public void Writes_schemas_and_choices_of_another_dialect()
    {
        var request = Foreign();
        request.Format = new OutputFormat(OutputKind.JsonSchema, null, null, JsonText.Of("""{"type":"object"}"""));
        request.Tools.Add(new ToolDefinition { Name = "f", Description = "d", Parameters = JsonText.Of("{}"), IsStrict = true, Cache = new CacheMark() });
        request.ToolChoice = new ToolChoice(ToolChoiceKind.Named, "f");
        request.ParallelTools = false;
        request.User = "u";
        request.ServiceTier = "standard_only";
        Writes(
            """
            {"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{},"strict":true}}],
             "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
             "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}},"service_tier":"default","user":"u"}
            """,
            request,
            losses: "cache_control");
    }

    [Fact]
    public void Asks_for_a_schema_through_a_tool_where_the_model_has_no_other_way()
    {
        var request = Foreign();
        request.Format = new OutputFormat(OutputKind.JsonSchema, "x", "d", JsonText.Of("""{"type":"object"}"""));
        const string tool = """{"type":"function","function":{"name":"json_answer","description":"d","parameters":{"type":"object"}}}""";
        var traits = new ModelTraits { LacksJsonSchema = true };
        const string choice = """{"type":"function","function":{"name":"json_answer"}}""";
        Writes($$$"""{"model":"m","messages":[],"tools":[{{{tool}}}],"tool_choice":{{{choice}}} }""", request, traits);
        request.Tools.Add(new ToolDefinition { Name = "f" });
        Writes(
            $$$"""{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f"}},{{{tool}}}],"tool_choice":"required"}""",
            request,
            traits);
    }

    [Fact]
    public void Leaves_out_tools_that_are_not_allowed_where_there_is_no_list_of_allowed_ones()
    {
        var request = Foreign();
        request.Tools.Add(new ToolDefinition { Name = "f" });
        request.Tools.Add(new ToolDefinition { Name = "g" });
        request.ToolChoice = new ToolChoice(ToolChoiceKind.Required) { Allowed = ["g"] };
        Writes("""{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"g"}}],"tool_choice":"required"}""", request);
    }

    [Fact]
    public void Keeps_half_a_surrogate_pair()
    {
        var output = new ArrayBufferWriter<byte>();
        var request = Foreign(Message.OfText(Role.User, "é\ud83d\"\\\n😀"));
        _dialect.WriteRequest(request, new ModelTarget { Model = "m" }, output, new Losses());
        Assert.Contains("\"é\\ud83d\\\"\\\\\\u000a😀\"", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    Losses Writes(string expected, ChatRequest request, ModelTraits? traits = null, string? losses = "")
    {
        var output = new ArrayBufferWriter<byte>();
        var lost = new Losses();
        _dialect.WriteRequest(request, new ModelTarget { Model = "m", Traits = traits ?? ModelTraits.Unknown }, output, lost);
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), JsonNode.Parse(output.WrittenSpan)!.ToJsonString());
        if (losses is not null) Assert.Equal(losses, lost.ToString());
        return lost;
    }

    ChatRequest Read(string body) => _dialect.ReadRequest(Encoding.UTF8.GetBytes(body), default, new Problems())!;

    static ChatRequest Foreign(params Message[] messages) => new() { Dialect = DialectName.Anthropic, Messages = [.. messages] };
}
