using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class PatternScannerTests
{
    const int Long = 64;

    static readonly LlmError s_stop = new(LlmErrorKind.ContentFilter, 400, "no");

    [Theory]
    [InlineData("my key is sk-AAAA!", "my key is *!")]
    [InlineData("sk-AAAA", "*")]
    [InlineData("sk-AAA", "sk-AAA")]
    [InlineData("ask-AAAAA", "ask-AAAAA")]
    [InlineData("sk-sk-AAAA", "sk-*")]
    [InlineData("sk-AAAA sk-BBBBB", "* *")]
    [InlineData("", "")]
    public void Replaces_what_it_finds(string text, string expected) => Assert.Equal(expected, Cut(Scanner(@"\bsk-[A-Z]{4,}"), text, 1));

    [Theory]
    [InlineData(@"\bcat\b", "cat concat cat.", "* concat *.")]
    [InlineData(@"cat\b", "cats cat", "cats *")]
    [InlineData(@"^cat", "cat cat", "* cat")]
    [InlineData(@"cat$", "cat cat", "cat *")]
    [InlineData(@"cat$", "cat cat\n", "cat *\n")]
    [InlineData(@"cat$", "cat\ncat\n\n", "cat\ncat\n\n")]
    [InlineData(@"(?m)^cat$", "cat\ncat", "*\n*")]
    public void Edges_of_words_lines_and_texts_are_where_they_are_in_the_whole_text(string pattern, string text, string expected)
    {
        for (var size = 1; size <= text.Length; size++) Assert.Equal(expected, Cut(Scanner(pattern), text, size));
    }

    [Theory]
    [InlineData("hello there ", "hello there ")]
    [InlineData("hello s", "hello ")]
    [InlineData("hello sk", "hello ")]
    [InlineData("hello sa", "hello sa")]
    [InlineData("hello sk-AAAA", "hello ")]
    [InlineData("hello sk-AAAA.", "hello *.")]
    public void Holds_back_only_what_may_become_a_match(string piece, string passed)
    {
        var text = new ScannedText(Scanner(@"\bsk-[A-Z]{4,}").Begin(default)!, Long, isJson: false);
        Assert.Equal(passed, text.Take(piece));
        Assert.Equal(passed.Length < piece.Length && !passed.EndsWith("*.", StringComparison.Ordinal), text.IsHeld);
    }

    [Fact]
    public void Gives_back_the_very_piece_where_nothing_is_found()
    {
        var text = new ScannedText(Scanner("evil").Begin(default)!, Long, isJson: false);
        var piece = new string('x', 1000);
        Assert.Same(piece, text.Take(piece));
    }

    [Fact]
    public void Ends_the_text_before_what_blocks()
    {
        var scanner = new PatternScanner([new ScanRule("good", "fine"), new ScanRule("evil", "", s_stop)], Long, static _ => true);
        var text = new ScannedText(scanner.Begin(default)!, Long, isJson: false);
        Assert.Equal("all fine, ", text.Take("all good, ev"));
        Assert.Null(text.Stop);
        Assert.Equal("", text.Take("il and more"));
        Assert.Same(s_stop, text.Stop);
    }

    [Fact]
    public void The_first_of_several_matches_wins_and_of_those_at_one_place_that_of_the_first_rule()
    {
        var scanner = new PatternScanner([new ScanRule("bc", "2"), new ScanRule("abcd", "1"), new ScanRule("b", "3")], Long, static _ => true);
        Assert.Equal("1", Cut(scanner, "abcd", 1));
        Assert.Equal("a2", Cut(scanner, "abc", 1));
        Assert.Equal("a3x", Cut(scanner, "abx", 1));
    }

    [Fact]
    public void A_match_that_is_too_long_is_found_as_far_as_it_may_be_held()
    {
        var scanner = new PatternScanner([new ScanRule("x[a-z]+", "*")], 16, static _ => true);
        Assert.Equal("*aaaa", Cut(scanner, "x" + new string('a', 19), 1));
        Assert.Equal("*aaaa", Cut(scanner, "x" + new string('a', 19), 20));
    }

    [Fact]
    public void What_cannot_end_is_let_go()
    {
        var scanner = new PatternScanner([new ScanRule("a[a-z]*!", "*")], 16, static _ => true);
        Assert.Equal(new string('a', 100), Cut(scanner, new string('a', 100), 7));
        Assert.Equal(new string('a', 85) + "*", Cut(scanner, new string('a', 100) + "!", 100));
    }

    [Theory]
    [InlineData("4111 1111 1111 1111", "*")]
    [InlineData("4111-1111-1111-1111.", "*.")]
    [InlineData("4111111111111112", "4111111111111112")]
    [InlineData("card 378282246310005, ok", "card *, ok")]
    [InlineData("0000000000000000", "0000000000000000")]
    [InlineData("order 123456789012", "order 123456789012")]
    public void Knows_cards_by_their_check_digit(string text, string expected) => Known(Recognizer.CreditCard, text, expected);

    [Theory]
    [InlineData("Write to jane.doe+x@mail.example.org.", "Write to *.")]
    [InlineData("a@b", "a@b")]
    [InlineData("<a@b.co>", "<*>")]
    [InlineData("user@@example.org", "user@@example.org")]
    public void Knows_addresses(string text, string expected) => Known(Recognizer.Email, text, expected);

    [Theory]
    [InlineData("sk-proj-AbCdEfGhIjKlMnOp0123", "*")]
    [InlineData("AKIAIOSFODNN7EXAMPLE!", "*!")]
    [InlineData("ghp_0123456789abcdefghijABCDEFGHIJ012345", "*")]
    [InlineData("Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4", "Bearer *")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nbye", "*\nbye")]
    [InlineData("task-oriented", "task-oriented")]
    [InlineData("sk-short", "sk-short")]
    public void Knows_keys(string text, string expected) => Known(Recognizer.ApiKey, text, expected);

    [Fact]
    public void Finds_the_same_as_a_search_of_the_whole_text_wherever_it_is_cut() =>
        Prop.ForAll(Patterns.Scannable.ToArbitrary(), Patterns.Texts.ToArbitrary(), Sizes.ToArbitrary(), static (pattern, text, sizes) =>
        {
            var expected = new Regex(pattern, RegexOptions.None).Replace(text, "*");
            return new Regex(pattern, RegexOptions.NonBacktracking).Replace(text, "*") != expected || Cut(Scanner(pattern), text, sizes) == expected;
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Finds_the_same_wherever_it_is_cut_even_where_little_is_held() =>
        Prop.ForAll(Patterns.Scannable.Two().ToArbitrary(), Patterns.Texts.ToArbitrary(), Sizes.ToArbitrary(), static (patterns, text, sizes) =>
        {
            var scanner = new PatternScanner([new ScanRule(patterns.Item1, "1"), new ScanRule(patterns.Item2, "2")], 4, static _ => true);
            return Cut(scanner, text, sizes) == Cut(scanner, text, text.Length + 1);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500));

    static Gen<int[]> Sizes => Gen.Choose(1, 5).NonEmptyListOf().Select(static sizes => sizes.ToArray());

    static void Known(Recognizer kind, string text, string expected)
    {
        var scanner = new PatternScanner([Recognizers.RuleOf(kind, "*")], Recognizers.CharsMax, static _ => true);
        Assert.Equal(expected, Cut(scanner, text, 1));
        Assert.Equal(expected, Cut(scanner, text, text.Length));
    }

    static PatternScanner Scanner(string pattern) => new([new ScanRule(pattern, "*")], Long * 16, static _ => true);

    static string Cut(PatternScanner scanner, string text, params int[] sizes)
    {
        var scanned = new ScannedText(scanner.Begin(default)!, scanner.HoldCharsMax, isJson: false);
        var passed = new StringBuilder();
        for (var (at, i) = (0, 0); at < text.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], text.Length - at);
            passed.Append(scanned.Take(text.Substring(at, size)));
            at += size;
        }
        return passed.Append(scanned.Take("", isEnd: true)).ToString();
    }
}
