using System.Text;

namespace Weir.Ai.Tests;

public sealed class BytePairVocabularyTests
{
    static readonly string AllBytes = string.Join(' ', Enumerable.Range(0, 256).Select(static value => Convert.ToBase64String([(byte)value])));

    [Theory]
    [InlineData("", "no token for the byte 0")]
    [InlineData("AA==", "no token for the byte 1")]
    [InlineData("!", "token 0 of the vocabulary is not base64")]
    [InlineData("AA== A", "token 1 of the vocabulary is not base64")]
    public void Refuses_what_is_no_vocabulary(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Load(text)).Message);

    [Fact]
    public void Refuses_a_token_that_is_too_long() => Assert.Throws<InvalidDataException>(() => Load(AllBytes + " " + Convert.ToBase64String(new byte[257])));

    [Fact]
    public void Refuses_a_line_that_does_not_end() => Assert.Throws<InvalidDataException>(() => Load(string.Concat(Enumerable.Repeat("AAAA ", 50_000))));

    [Fact]
    public void Ranks_are_the_order_of_the_file()
    {
        var vocabulary = Load("# a comment\n" + AllBytes + "\n\n" + Convert.ToBase64String("hello"u8) + "\n" + Convert.ToBase64String("hello, world"u8));
        Assert.Equal(258, vocabulary.Count);
        Assert.Equal(12, vocabulary.LongestBytes);
        Assert.Equal(256, vocabulary.Find("hello"u8));
        Assert.Equal(257, vocabulary.Find("hello, world"u8));
        Assert.Equal(-1, vocabulary.Find("hell"u8));
        Assert.Equal(-1, vocabulary.Find("hello, world!"u8));
        Assert.Equal(104, vocabulary.Find("h"u8));
        Assert.Equal("hello"u8, vocabulary.Token(256));
    }

    static BytePairVocabulary Load(string text) => BytePairVocabulary.Load(new MemoryStream(Encoding.UTF8.GetBytes(text)));
}
