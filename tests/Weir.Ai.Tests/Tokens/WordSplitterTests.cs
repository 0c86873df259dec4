using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed partial class WordSplitterTests
{
    const string Contraction = "('s|'S|'t|'T|'re|'rE|'Re|'RE|'ve|'vE|'Ve|'VE|'m|'M|'ll|'lL|'Ll|'LL|'d|'D)";

    static readonly string[] Scraps =
    [
        "a", "b", "s", "t", "B", "Ä", "é", "Ж", "ж", "中", "あ", "ن", "\u0301", "\u093f", "\u20dd", "1", "23", "٣", "½", "Ⅷ", " ", "  ", "\n",
        "\r\n", "\r", "\t", "\u00a0", "\u0085", "\u2028", "\u3000",
        "'", "’", "'s", "'LL", "'re", "'v", "'", ".", "/", "//", "_", "$", "\u200d", "ǅ", "ʰ", "İ", "\0", "ℵ",
    ];

    [Fact]
    public void O200k_divides_as_its_expression_does() => Check(O200k(), new O200kSplitter());

    [Fact]
    public void Cl100k_divides_as_its_expression_does() => Check(Cl100k(), new Cl100kSplitter());

    [Fact]
    public void Both_divide_stored_texts_as_their_expressions_do()
    {
        // .NET's expressions see halves of characters beyond U+FFFF; the tokens of those texts are checked against the other encoder.
        foreach (var (text, _, _) in TokenCase.Stored.Where(static each => !each.Text.Any(char.IsSurrogate)))
        {
            Assert.Equal(Expected(O200k(), text), Pieces(new O200kSplitter(), text));
            Assert.Equal(Expected(Cl100k(), text), Pieces(new Cl100kSplitter(), text));
        }
    }

    [Theory]
    [InlineData("\u0301ABC", "\u0301|ABC")]
    [InlineData("ABC\u0301", "ABC\u0301")]
    [InlineData("HTTPServer", "HTTPServer")]
    [InlineData("camelCase", "camel|Case")]
    [InlineData("a'll'x", "a'll|'x")]
    [InlineData("  foo  \n  bar", " | foo|  \n| | bar")]
    [InlineData("x ://y", "x| ://|y")]
    [InlineData("12345", "123|45")]
    public void O200k_divides_hard_cases(string text, string pieces) => Assert.Equal(pieces, string.Join('|', Pieces(new O200kSplitter(), text)));

    static void Check(Regex expression, WordSplitter splitter)
    {
        var texts = Gen.Elements(Scraps).ArrayOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, text => Expected(expression, text).SequenceEqual(Pieces(splitter, text)))
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(40));
    }

    static IEnumerable<string> Expected(Regex expression, string text) => expression.Matches(text).Select(static match => match.Value);

    static List<string> Pieces(WordSplitter splitter, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        List<string> pieces = [];
        for (var index = 0; index < utf8.Length;)
        {
            var end = splitter.Next(utf8, index);
            Assert.True(end > index);
            pieces.Add(Encoding.UTF8.GetString(utf8.AsSpan(index..end)));
            index = end;
        }
        return pieces;
    }

    // The published expressions.
    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + Contraction + "?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + Contraction + "?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex O200k();

    [GeneratedRegex(
        Contraction + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
        + @"|\s*[\r\n]+|\s+(?!\S)|\s+")]
    private static partial Regex Cl100k();
}
