using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class ViablePrefixTests
{
    [Theory]
    [InlineData("abc", "", "a", "ab", "abc")]
    [InlineData("ab|cde", "", "a", "c", "cd", "ab")]
    [InlineData("sk-[A-Z]{3,}", "s", "sk-", "sk-A", "sk-AAAA")]
    [InlineData("a{2}b", "a", "aa", "aab")]
    [InlineData("a{0}b", "", "b")]
    [InlineData("(?i)ab|cd", "A", "aB", "C")]
    [InlineData("x(?i:ab)c", "x", "xA", "xaB", "xABc")]
    [InlineData("(?<name>ab)+c?", "a", "aba", "abab", "ababc")]
    [InlineData("a(?#no letter)b", "a", "ab")]
    [InlineData(@"foo\b", "foo")]
    [InlineData("foo$", "foo", "foo\n")]
    [InlineData(@"\x41\u0042\cA", "A", "AB", "AB\u0001")]
    [InlineData(@"[]a]\]", "]", "a]")]
    [InlineData(@"[a-z-[m-p]]x", "a", "ax")]
    [InlineData(@"\p{Lu}\.", "A", "A.")]
    [InlineData("a{x", "a{", "a{x")]
    public void Knows_the_beginnings_of_matches(string pattern, params string[] beginnings)
    {
        foreach (var beginning in beginnings) Assert.True(IsViable(pattern, beginning), beginning);
    }

    [Theory]
    [InlineData("abc", "b", "abd", "abcd")]
    [InlineData("(?i)ab|cd", "b", "ac")]
    [InlineData("x(?i:ab)c", "X", "xabC")]
    [InlineData("a{2}b", "aaa", "b")]
    [InlineData("a{1,3}", "aaaa")]
    [InlineData("a?b", "aa")]
    [InlineData(@"[a-z-[m-p]]x", "m")]
    [InlineData(@"\bfoo", "x")]
    public void Knows_what_cannot_become_a_match(string pattern, params string[] texts)
    {
        foreach (var text in texts) Assert.False(IsViable(pattern, text), text);
    }

    [Theory]
    [InlineData("(?x)a b")]
    [InlineData(@"\Ga")]
    [InlineData("(?<=a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("(")]
    [InlineData("a*")]
    [InlineData("a|")]
    public void Refuses_what_cannot_be_followed_over_a_stream(string pattern)
    {
        var problems = new Problems();
        PatternScanner.Check("pattern", pattern, problems);
        Assert.Equal("pattern", Assert.Single(problems.Found).Field);
    }

    [Fact]
    public void Every_beginning_of_a_match_is_viable() => Prop.ForAll(Patterns.Any.ToArbitrary(), Patterns.Texts.ToArbitrary(), static (pattern, text) =>
    {
        var whole = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking);
        if (!whole.IsMatch(text)) return true;
        for (var length = 0; length <= text.Length; length++)
            if (!IsViable(pattern, text[..length])) return false;
        return true;
    }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500));

    static bool IsViable(string pattern, string text) => new Regex($@"\A(?:{ViablePrefix.Of(pattern)})\z", RegexOptions.NonBacktracking).IsMatch(text);
}
