using System.Text;

namespace Weir.Ai.Tests;

public sealed class LlmCallTests
{
    static readonly Surface s_chat = new(Operation.Chat, DialectName.OpenAiChat);

    [Fact]
    public async Task Reads_everything_anew_from_a_body_that_is_replaced()
    {
        var call = await Open("""{"model":"a","stream":true,"messages":[{"role":"user","content":"one"}]}""");
        Assert.Equal("a", call.Read(new Problems())!.Model);
        Assert.Null(call.ReplaceBody("""{"model":"b","messages":[{"role":"user","content":"one"},{"role":"user","content":"two"}]}"""u8.ToArray()));
        Assert.Equal("b", call.ModelAsked);
        Assert.False(call.AsksStream);
        Assert.Equal(2, call.Scan.Size.Messages);
        Assert.Equal(2, call.Read(new Problems())!.Messages.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"model":"a","model":"b"}""")]
    [InlineData("""{"Messages":[]}""")]
    public async Task Refuses_a_body_that_is_none_and_keeps_what_it_has(string body)
    {
        var call = await Open("""{"model":"a","messages":[]}""");
        Assert.Equal(400, call.ReplaceBody(Encoding.UTF8.GetBytes(body))?.Status);
        Assert.Equal("a", call.ModelAsked);
        Assert.Equal("""{"model":"a","messages":[]}""", Encoding.UTF8.GetString(call.Body.Span));
    }

    [Fact]
    public async Task Does_not_undo_what_another_plugin_has_changed()
    {
        var call = await Open("""{"model":"a","messages":[{"role":"user","content":"one"}]}""");
        call.IsRewritten = true;
        Assert.Throws<InvalidOperationException>(() => call.ReplaceBody("{}"u8.ToArray()));
    }

    [Fact]
    public async Task Is_the_same_for_every_plugin_of_an_exchange()
    {
        var exchange = LlmExchange.Of("/chat", """{"model":"a","messages":[]}""");
        Assert.Null(LlmCall.Of(exchange));
        var (first, _) = await LlmCall.OpenAsync(exchange, s_chat, 1000);
        var (second, _) = await LlmCall.OpenAsync(exchange, new Surface(Operation.Embeddings, DialectName.Cohere), 1000);
        Assert.Same(first, second);
        Assert.Same(first, LlmCall.Of(exchange));
    }

    static async Task<LlmCall> Open(string body) => (await LlmCall.OpenAsync(LlmExchange.Of("/chat", body), s_chat, 10_000)).Call!;
}
