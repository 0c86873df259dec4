using System.Text;

namespace Weir.Ai.Tests;

public sealed class PlainTextsTests
{
    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hello"}]}""")]
    [InlineData("""{"messages":[{"content":"Be \u0062rief","role":"system"},{"role":"developer","content":"Now"},{"role":"assistant","content":"\"x\""}]}""")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f","parameters":{"messages":[]}}}],"messages":[{"role":"user","content":"é"}]}""")]
    public async Task Are_what_the_dialect_reads(string body)
    {
        var plain = PlainTexts.Of(Encoding.UTF8.GetBytes(body));
        Assert.NotNull(plain);
        var (call, _) = await LlmCall.OpenAsync(
            LlmExchange.Of("/v1/chat/completions", body), new Surface(Operation.Chat, DialectName.OpenAiChat), 10_000);
        Assert.Equal(SpokenTexts.OfChat(call!.Read(new Problems())!), plain);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a","name":"b"}]}""")]
    [InlineData("""{"messages":[{"role":"tool","content":"a"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":""}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a","content":"b"}]}""")]
    [InlineData("""{"messages":[{"role":"user"}]}""")]
    [InlineData("""{"messages":[{"content":"a"}]}""")]
    [InlineData("""{"messages":["a"]}""")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":{"role":"user","content":"a"}}""")]
    [InlineData("""{"input":"a"}""")]
    public void Are_none_where_a_message_holds_anything_else(string body) => Assert.Null(PlainTexts.Of(Encoding.UTF8.GetBytes(body)));
}
