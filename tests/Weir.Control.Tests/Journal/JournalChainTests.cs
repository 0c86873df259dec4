using System.Text;

namespace Weir.Control.Tests;

public sealed class JournalChainTests
{
    static readonly string s_zeros = new('0', 64);

    [Fact]
    public void The_first_payload_follows_zeros()
    {
        var (record, problem) = JournalChain.Follow(JournalHead.None, Utf8($$"""{"previous":"{{s_zeros}}"}"""));
        Assert.Null(problem);
        Assert.Equal(1, record.Revision);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"revision":1,"previous":"Z"}""")]
    [InlineData("""{"previous":1}""")]
    [InlineData("""{"previous":"00"}""")]
    [InlineData("""{"previous":"Z00"}""")]
    [InlineData("""{"previous":"G"}""")]
    [InlineData("""{"previous":"Z""")]
    public void A_payload_that_does_not_begin_with_a_hash_follows_nothing(string payload)
    {
        var text = payload.Replace("Z", s_zeros, StringComparison.Ordinal).Replace("G", new string('g', 64), StringComparison.Ordinal);
        Assert.Contains("expected JSON", JournalChain.Problem(JournalHead.None, Utf8(text).Span));
    }

    [Fact]
    public void Another_hash_breaks_the_chain() =>
        Assert.Contains("the chain does not hold", JournalChain.Problem(JournalHead.None, Utf8($$"""{"previous":"{{new string('1', 64)}}"}""").Span));

    static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
