using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class AiPromptTemplateTests
{
    const string Teacher = """
        {"messages":[{"role":"system","content":"Teach {{subject}}."},{"role":"user","content":"What is {{concept}} in {{subject}}?"}]}
        """;
    const string Story = """{"prompt":"Tell of {{hero}}.","max_tokens":{{length}}}""";

    [Theory]
    [InlineData("{}", "templates", "required")]
    [InlineData("""{"templates":[{"template":"{}"}]}""", "templates[0].name", "required")]
    [InlineData("""{"templates":[{"name":"a"}]}""", "templates[0].template", "required")]
    [InlineData("""{"templates":[{"name":"","template":"{}"}]}""", "templates[0].name", "length must be at least 1")]
    [InlineData("""{"templates":[{"name":"a}b","template":"{}"}]}""", "templates[0].name", "no '}'")]
    [InlineData("""{"templates":[{"name":"a","template":""}]}""", "templates[0].template", "length must be at least 1")]
    [InlineData("""{"templates":[{"name":"a","template":"Tell of {{hero}}."}]}""", "templates[0].template", "the template is not valid JSON")]
    [InlineData("""{"templates":[{"name":"a","template":"{}"},{"name":"b","template":"[1]"}]}""", "templates[1].template", "must be a JSON object")]
    [InlineData("""{"templates":[{"name":"a","template":"{\"prompt\":\"{{x}}\",\"prompt\":\"\"}"}]}""", "templates[0].template", "not valid JSON")]
    [InlineData("""{"templates":[],"max_request_body_size":-1}""", "max_request_body_size", "")]
    [InlineData("""{"templates":[],"log_original_request":"x"}""", "log_original_request", "")]
    public void Refuses_bad_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(LlmExchange.Check<AiPromptTemplate, AiPromptTemplate.Config>(config));
        Assert.Equal(field, problem.Field);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Warns_of_a_template_that_is_never_used()
    {
        var problems = new Problems();
        AiPromptTemplate.Check(new() { Templates = [new() { Name = "a", Template = "{}" }, new() { Name = "a", Template = "{}" }] }, problems);
        Assert.Empty(problems.Found);
        Assert.Equal("templates[1].name", Assert.Single(problems.Warnings).Field);
    }

    [Fact]
    public async Task Puts_the_filled_template_in_place_of_messages()
    {
        var exchange = Ask("""
            {"model":"m","stream":true,"messages":"{template://teacher}","properties":{"subject":"physics","concept":"\"entropy\"\n","unused":"x"}}
            """);
        Assert.Null(await Plugin().RunAsync(exchange));
        Same("""
            {"model":"m","stream":true,"messages":[{"role":"system","content":"Teach physics."},
             {"role":"user","content":"What is \"entropy\"\n in physics?"}]}
            """, exchange);
        var call = LlmCall.Of(exchange)!;
        Assert.True(call.AsksStream);
        Assert.Equal(2, call.Scan.Size.Messages);
        Assert.Equal(2, call.Read(new Problems())!.Messages.Count);
    }

    [Fact]
    public async Task Puts_the_filled_template_in_place_of_a_prompt()
    {
        const string body = """{"model":"m","max_tokens":1,"prompt":" {template://story} ","properties":{"hero":"Ada","length":"70"}}""";
        var exchange = Ask(body, LlmExchange.Completions);
        Assert.Null(await Plugin().RunAsync(exchange));
        Same("""{"model":"m","prompt":"Tell of Ada.","max_tokens":70}""", exchange);
        Assert.Equal(70, LlmCall.Of(exchange)!.Scan.OutputTokensMax);
    }

    [Theory]
    [InlineData(LlmExchange.Anthropic, """{"system":"Teach {{x}}.","max_tokens":5,"messages":[{"role":"user","content":"Go."}]}""")]
    [InlineData(LlmExchange.Gemini, """{"systemInstruction":{"parts":[{"text":"Teach {{x}}."}]},"contents":[{"role":"user","parts":[{"text":"Go."}]}]}""")]
    [InlineData(LlmExchange.Responses, """{"instructions":"Teach {{x}}.","input":"Go."}""")]
    public async Task Serves_templates_of_any_dialect(string path, string template)
    {
        var config = new JsonObject { ["templates"] = new JsonArray(new JsonObject { ["name"] = "t", ["template"] = template }) };
        var exchange = Ask("""{"model":"m","messages":"{template://t}","properties":{"x":"physics"}}""", path);
        Assert.Null(await LlmExchange.Create<AiPromptTemplate, AiPromptTemplate.Config>(config.ToJsonString()).RunAsync(exchange));
        var request = LlmCall.Of(exchange)!.Read(new Problems())!;
        Assert.Equal(["Teach physics.", "Go."], request.Messages.Select(static message => ((TextPart)message.Parts[0]).Text));
    }

    [Theory]
    [InlineData("""{"messages":"{template://nobody}"}""", "could not find template name [nobody]")]
    [InlineData("""{"messages":"{template://}"}""", "could not find template name []")]
    [InlineData("""{"messages":"{template://teacher}"}""", "missing template parameters: [subject], [concept]")]
    [InlineData("""{"messages":"{template://teacher}","properties":null}""", "missing template parameters: [subject], [concept]")]
    [InlineData("""{"messages":"{template://teacher}","properties":{"concept":"x"}}""", "missing template parameters: [subject]")]
    [InlineData("""{"messages":"{template://teacher}","properties":["a"]}""", "properties must be an object")]
    [InlineData("""{"messages":"{template://teacher}","properties":{"concept":7}}""", "property values must be a string, got number")]
    [InlineData("""{"messages":"{template://teacher}","properties":{"concept":true}}""", "property values must be a string, got boolean")]
    [InlineData("""{"messages":"{template://teacher}","properties":{"concept":{}}}""", "property values must be a string, got table")]
    [InlineData("""{"messages":"{template://teacher}","prompt":"x"}""", "cannot run 'messages' and 'prompt' templates at the same time")]
    [InlineData("""{"messages":[],"prompt":"{template://story}"}""", "cannot run 'messages' and 'prompt' templates at the same time")]
    [InlineData("""{"prompt":"{template://story}","properties":{"hero":"a","length":"x"}}""", "template [story] makes no valid JSON with these properties")]
    [InlineData("""{"prompt":"{template://story}","properties":{"hero":"a","length":"1,\"model\":\"x\""}}""", "template [story] makes no valid JSON")]
    [InlineData("""{"prompt":"{template://story}","properties":{"hero":"a","length":"{}"}}""", "max_tokens: must be a whole number from 0")]
    public async Task Refuses_what_does_not_fit_its_template(string body, string message)
    {
        var refused = await Plugin().RunAsync(Ask(body));
        Assert.Equal(400, refused?.Status);
        Assert.StartsWith(message, refused?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"{template://teacher}"}]}""")]
    [InlineData("""{"model":"m","messages":"teacher"}""")]
    [InlineData("""{"model":"m","messages":"{template://teacher"}""")]
    [InlineData("""{"model":"m","prompt":["{template://story}"]}""")]
    [InlineData("""{"model":"m"}""")]
    public async Task Lets_untemplated_requests_pass_as_they_are_or_refuses_them(string body)
    {
        var exchange = Ask(body);
        Assert.Null(await Plugin().RunAsync(exchange));
        Assert.Equal(body, Encoding.UTF8.GetString(LlmCall.Of(exchange)!.Body.Span));
        Assert.Null(exchange.Upstream.Body);
        Assert.Equal((400, "this LLM route only supports templated requests"), await Plugin(""","allow_untemplated_requests":false""").RunAsync(Ask(body)));
    }

    [Theory]
    [InlineData(""","system":"evil" """)]
    [InlineData(""","input":"evil" """)]
    [InlineData(""","contents":[]""")]
    [InlineData(""","instructions":"evil" """)]
    [InlineData(""","tools":[]""")]
    [InlineData(""","SYSTEM_instruction":{}""")]
    public async Task Lets_nothing_else_be_said_where_all_must_be_templates(string more)
    {
        var body = """{"model":"m","temperature":0,"prompt":"{template://story}","properties":{"hero":"Ada","length":"7"}""";
        Assert.Null(await Plugin(""","allow_untemplated_requests":false""").RunAsync(Ask(body + "}")));
        var refused = await Plugin(""","allow_untemplated_requests":false""").RunAsync(Ask(body + more + "}"));
        Assert.Equal((400, "this LLM route only supports templated requests"), refused);
        Assert.Null(await Plugin().RunAsync(Ask(body + more + "}")));
    }

    [Fact]
    public async Task Refuses_a_template_that_grows_too_long()
    {
        var places = string.Concat(Enumerable.Repeat("{{x}}", 1000));
        var config = new JsonObject
        {
            ["max_request_body_size"] = 4000,
            ["templates"] = new JsonArray(new JsonObject { ["name"] = "t", ["template"] = "{\"prompt\":\"" + places + "\"}" }),
        };
        var plugin = LlmExchange.Create<AiPromptTemplate, AiPromptTemplate.Config>(config.ToJsonString());
        Assert.Null(await plugin.RunAsync(Ask("""{"prompt":"{template://t}","properties":{"x":"abc"}}""")));
        var refused = await plugin.RunAsync(Ask("""{"prompt":"{template://t}","properties":{"x":"abcd"}}"""));
        Assert.Equal((413, "request body is larger than the limit of 4000 bytes"), refused);
    }

    [Fact]
    public async Task Logs_the_original_when_told_to()
    {
        const string body = """{"prompt":"{template://nobody}"}""";
        var silent = Ask(body);
        await Plugin().RunAsync(silent);
        Assert.Empty(silent.LogFields);
        var logged = Ask(body);
        await Plugin(""","log_original_request":true""").RunAsync(logged);
        var (name, json) = Assert.Single(logged.LogFields);
        Assert.Equal("ai", name);
        Assert.Equal(body, JsonNode.Parse(json.Span)!["payload"]!["original_request"]!.GetValue<string>());
    }

    [Fact]
    public async Task Is_seen_by_the_guard_after_it()
    {
        var exchange = Ask("""{"model":"m","messages":"{template://teacher}","properties":{"subject":"physics","concept":"\u0065vil"}}""");
        Assert.Null(await Plugin().RunAsync(exchange));
        var guard = LlmExchange.Create<AiPromptGuard, AiPromptGuard.Config>("""{"deny_patterns":["What is evil"]}""");
        Assert.Equal((400, "bad request"), await guard.RunAsync(exchange));
    }

    [Fact]
    public void Keeps_any_property_within_its_string()
    {
        var plugin = Plugin();
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
            var properties = new JsonObject { ["subject"] = clean, ["concept"] = "{{subject}}" };
            var exchange = Ask(new JsonObject { ["model"] = "m", ["messages"] = "{template://teacher}", ["properties"] = properties }.ToJsonString());
            Assert.True(plugin.OnRequestAsync(exchange).Result.Answer is null);
            var made = JsonNode.Parse(LlmCall.Of(exchange)!.Body.Span)!;
            Assert.Equal($"What is {{{{subject}}}} in {clean}?", made["messages"]![1]!["content"]!.GetValue<string>());
            Assert.Equal(2, made.AsObject().Count);
        }).QuickCheckThrowOnFailure();
    }

    static void Same(string expected, Weir.Exchange exchange)
    {
        var body = LlmCall.Of(exchange)!.Body;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(body.Span)), Encoding.UTF8.GetString(body.Span));
        Assert.True(body.Span.SequenceEqual(exchange.Upstream.Body!.Value.Span));
    }

    static Weir.Exchange Ask(string body, string path = LlmExchange.Chat) => LlmExchange.Of(path, body);

    static AiPromptTemplate Plugin(string more = "") => LlmExchange.Create<AiPromptTemplate, AiPromptTemplate.Config>(
        $"{{\"templates\":[{Entry("teacher", Teacher)},{Entry("story", Story)}]{more}}}");

    static string Entry(string name, string template) => new JsonObject { ["name"] = name, ["template"] = template }.ToJsonString();
}
