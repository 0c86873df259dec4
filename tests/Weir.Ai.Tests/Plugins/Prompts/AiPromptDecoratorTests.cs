using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class AiPromptDecoratorTests
{
    const string Both = """
        {"prompts":{"prepend":[{"content":"first"},{"role":"user","content":"second"}],"append":[{"role":"assistant","content":"last"}]}}
        """;

    [Theory]
    [InlineData("{}", "prompts", "at least one of these fields must be non-empty: 'prepend', 'append'")]
    [InlineData("""{"prompts":{"prepend":[]}}""", "prompts", "at least one of these fields")]
    [InlineData("""{"prompts":{"prepend":[{"role":"user"}]}}""", "prompts.prepend[0].content", "required")]
    [InlineData("""{"prompts":{"prepend":[{"content":""}]}}""", "prompts.prepend[0].content", "")]
    [InlineData("""{"prompts":{"append":[{"role":"tool","content":"a"}]}}""", "prompts.append[0].role", "")]
    [InlineData("""{"prompts":{"append":[{"content":"a"}]},"max_request_body_size":-1}""", "max_request_body_size", "")]
    [InlineData("""{"prompts":{"append":[{"content":"a"}]},"llm_format":"x"}""", "llm_format", "")]
    public void Refuses_bad_configuration(string config, string field, string message)
    {
        var problem = Assert.Single(LlmExchange.Check<AiPromptDecorator, AiPromptDecorator.Config>(config));
        Assert.Equal(field, problem.Field);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prepend")]
    [InlineData("append")]
    public void Refuses_more_than_fifteen_messages(string list)
    {
        var config = $$$"""{"prompts":{"{{{list}}}":[{{{string.Join(',', Enumerable.Repeat("{\"content\":\"a\"}", 16))}}}]}}""";
        Assert.Equal("prompts." + list, Assert.Single(LlmExchange.Check<AiPromptDecorator, AiPromptDecorator.Config>(config)).Field);
    }

    [Theory]
    [InlineData(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData(LlmExchange.Anthropic, """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData(LlmExchange.Gemini, """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""")]
    [InlineData(LlmExchange.Responses, """{"model":"m","input":"hi"}""")]
    public async Task Puts_its_messages_around_those_of_any_dialect(string path, string body)
    {
        var exchange = LlmExchange.Of(path, body);
        Assert.Null(await Decorator(Both).RunAsync(exchange));
        var call = LlmCall.Of(exchange)!;
        Assert.True(call.IsRewritten);
        Assert.Equal(
            [(Role.System, "first"), (Role.User, "second"), (Role.User, "hi"), (Role.Assistant, "last")],
            call.Read(new Problems())!.Messages.Select(static message => (message.Role, ((TextPart)message.Parts[0]).Text)));
    }

    [Fact]
    public async Task Is_seen_by_plugins_after_it()
    {
        var exchange = LlmExchange.Of(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
        Assert.Null(await Decorator(Both).RunAsync(exchange));
        var guard = LlmExchange.Create<AiPromptGuard, AiPromptGuard.Config>("""{"deny_patterns":["second"]}""");
        Assert.Equal((400, "bad request"), await guard.RunAsync(exchange));
    }

    [Fact]
    public async Task Does_not_change_its_own_messages_between_requests()
    {
        var decorator = Decorator(Both);
        for (var i = 0; i < 2; i++)
        {
            var exchange = LlmExchange.Of(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
            Assert.Null(await decorator.RunAsync(exchange));
            Assert.Equal(4, LlmCall.Of(exchange)!.Read(new Problems())!.Messages.Count);
        }
    }

    [Theory]
    [InlineData(LlmExchange.Embeddings, """{"model":"m","input":"hi"}""")]
    [InlineData("/v1/images/generations", """{"model":"m","prompt":"hi"}""")]
    public async Task Refuses_what_is_no_conversation(string path, string body) =>
        Assert.Equal((400, "this LLM route only supports llm/chat type requests"), await Decorator(Both).RunAsync(LlmExchange.Of(path, body)));

    [Theory]
    [InlineData(LlmExchange.Chat, """{"model":"m"}""")]
    [InlineData(LlmExchange.Chat, """{"model":"m","messages":[{"role":"user","content":7}]}""")]
    [InlineData(LlmExchange.Chat, "{")]
    [InlineData(LlmExchange.Anthropic, """{"model":"m","max_tokens":5}""")]
    public async Task Refuses_what_it_cannot_read(string path, string body)
    {
        var exchange = LlmExchange.Of(path, body);
        Assert.Equal(400, (await Decorator(Both).RunAsync(exchange))?.Status);
        Assert.False(LlmCall.Of(exchange)?.IsRewritten ?? false);
    }

    [Fact]
    public async Task Refuses_a_body_that_is_too_long()
    {
        var decorator = Decorator("""{"prompts":{"append":[{"content":"a"}]},"max_request_body_size":20}""");
        Assert.Equal(413, (await decorator.RunAsync(LlmExchange.Of(LlmExchange.Chat, new string(' ', 21))))?.Status);
    }

    static AiPromptDecorator Decorator(string config) => LlmExchange.Create<AiPromptDecorator, AiPromptDecorator.Config>(config);
}
