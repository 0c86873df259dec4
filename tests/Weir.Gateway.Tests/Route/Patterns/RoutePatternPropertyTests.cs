using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Gateway.Tests;

/// <summary>Patterns find what .NET's own engine finds, in time linear in the input.</summary>
public sealed class RoutePatternPropertyTests
{
    // Without "\B": the optimiser of .NET does not always go back into a loop before it, where other engines (and this one) do.
    static readonly string[] s_atoms =
        ["a", "b", "/", "ab", ".", "\\d", "\\w", "\\W", "\\s", "[ab]", "[^/]", "[a-c/]", "[^\\w]", "(?:)", "^", "$", "\\b", "\\.", "(?i)", "\\A", "\\z"];

    // Loops around what may match nothing: engines differ in how often they go round, so such loops are not generated.
    static readonly string[] s_repeatable = ["a", "b", "/", "ab", ".", "\\d", "[ab]", "[^/]", "(a|b)", "(ab|a)", "(?:a(b)?)"];

    static readonly string[] s_quantifiers = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}?", "{1,}"];

    static Gen<string> Pattern(int size)
    {
        var atom = Gen.Elements(s_atoms);
        var repeated = from part in Gen.Elements(s_repeatable) from quantifier in Gen.Elements(s_quantifiers) select $"(?:{part}){quantifier}";
        if (size == 0) return Gen.OneOf(atom, repeated);
        var inner = Pattern(size - 1);
        return Gen.Frequency(
            (2, atom),
            (3, repeated),
            (4, from a in inner from b in inner select a + b),
            (2, from a in inner from b in inner select $"(?:{a}|{b})"),
            (2, from a in inner select $"({a})"),
            (1, from a in inner select $"(?i:{a})"));
    }

    static Gen<string> Texts(string characters) => Gen.Elements(characters.ToCharArray()).ListOf().Select(static chars => string.Concat(chars));

    static void Compare(string pattern, string input)
    {
        var expected = Regex.Match(input, pattern, RegexOptions.CultureInvariant);
        var found = new RoutePatternProbe(pattern).Find(input);
        Assert.Equal(expected.Success ? (expected.Index, expected.Length) : (-1, -1), (found.Start, found.Length));
        for (var n = 1; expected.Success && n < expected.Groups.Count; n++)
            Assert.Equal((pattern, n, expected.Groups[n].Success ? expected.Groups[n].Value : null), (pattern, n, found.Group(input, n)));
    }

    [Fact]
    public void Finds_what_the_engine_of_NET_finds() =>
        Prop.ForAll(Gen.Choose(0, 4).SelectMany(Pattern).ToArbitrary(), Texts("abAc/1. ").ListOf(10).ToArbitrary(), static (pattern, inputs) =>
        {
            foreach (var input in inputs) Compare(pattern, input);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Any_text_is_a_pattern_or_refused_as_one() =>
        Prop.ForAll(Texts("()[]{}|?*+^$\\.a1-:<>P=!,iux&~ é\ud83d").ToArbitrary(), static text =>
        {
            try
            {
                Assert.InRange(RoutePattern.OfPath(text).MatchLength("/a1/b"), -1, 5);
            }
            catch (ArgumentException refusal)
            {
                Assert.Matches("not supported$|too large", refusal.Message);
            }
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Theory]
    [InlineData("/(a*)*b")]
    [InlineData("/(a|aa)+b")]
    [InlineData("/(a|a?)+b")]
    [InlineData("/(.*)(.*)(.*)(.*)(.*)b")]
    [InlineData("/([a-z]+)*b")]
    [InlineData("/a{0,1000}a{0,1000}b")]
    public void Patterns_that_ruin_a_backtracking_engine_take_linear_time(string pattern)
    {
        // Exponential work would never end here, and cubic work not soon.
        Assert.False(RoutePattern.OfPath(pattern).IsMatch("/" + new string('a', 4000)));
    }

    [Fact]
    public void Deep_nesting_is_refused_rather_than_followed()
    {
        Assert.Throws<ArgumentException>(() => RoutePattern.OfPath(new string('(', 100_000)));
        Assert.Throws<ArgumentException>(() => RoutePattern.OfPath("/a" + new string('*', 100_000)));
        Assert.Throws<ArgumentException>(() => RoutePattern.OfPath(string.Concat(Enumerable.Repeat("(?i", 1000))));
    }

    [Fact]
    public void A_pattern_takes_little_memory()
    {
        RoutePattern? pattern = null;
        Assert.InRange(Allocation.LeastBytes(() => pattern = RoutePattern.OfPath("/api/service-1234/items/(?<id>[^/]+)/details$")), 0, 20_000);
        Assert.True(pattern!.HasGroups);
    }
}
