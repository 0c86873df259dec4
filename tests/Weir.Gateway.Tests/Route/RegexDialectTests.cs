using System.Text.RegularExpressions;

namespace Weir.Gateway.Tests;

public sealed class RegexDialectTests
{
    static Regex Compile(string pattern) => new("^" + RegexDialect.Translate(pattern, isPath: true).Pattern + "$", RegexOptions.NonBacktracking);

    [Theory]
    [InlineData("/a(?=b)")]
    [InlineData("/a(?!b)")]
    [InlineData("/(?<=a)b")]
    [InlineData("/(?<!a)b")]
    [InlineData("/(?>a)")]
    [InlineData("/(a)\\1")]
    [InlineData("/(?<x>a)\\k<x>")]
    [InlineData("/(?P<x>a)(?P=x)")]
    [InlineData("/(?(1)a|b)")]
    [InlineData("/(?#comment)")]
    [InlineData("/(?'x'a)")]
    [InlineData("/(?|a|b)")]
    [InlineData("/(?R)")]
    [InlineData("/(?U)a+")]
    [InlineData("/\\Qa\\E")]
    [InlineData("/\\Ga")]
    [InlineData("/a\\Z")]
    [InlineData("/\\01")]
    [InlineData("/(?<x>a)(?<x>b)")]
    [InlineData("/[a-z&&[^b]]")]
    [InlineData("/[a-z-[b]]")]
    [InlineData("/[[:nothing:]]")]
    [InlineData("/[[:alpha")]
    [InlineData("/[a")]
    [InlineData("/[")]
    [InlineData("/[^")]
    [InlineData("/[^]")]
    [InlineData("/(?")]
    [InlineData("/(?<")]
    [InlineData("/(?P<")]
    [InlineData("/(?P<>a)")]
    [InlineData("/(?P<a")]
    [InlineData("/\\")]
    [InlineData("/\\x{110000}")]
    [InlineData("/\\x{}")]
    [InlineData("/\\x{")]
    [InlineData("/\\p")]
    [InlineData("/[\\b]")]
    [InlineData("/[\\")]
    public void Refuses_what_the_dialect_does_not_have(string pattern)
    {
        var error = Assert.Throws<ArgumentException>(() => RegexDialect.Translate(pattern, isPath: true));
        Assert.Contains("invalid regex", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a\\x{41}\\u{42}\\x43", "/aABC")]
    [InlineData("/\\pL+", "/abc")]
    [InlineData("/\\p{Lu}\\PL", "/A1")]
    [InlineData("/[]a]+", "/]a")]
    [InlineData("/[^]a]", "/b")]
    [InlineData("/[[:alpha:]_]+[[:digit:]]", "/ab_1")]
    [InlineData("/[^[:space:]]", "/a")]
    [InlineData("/[[:punct:]]+", "/[]-_")]
    [InlineData("/[\\]\\-\\[]+", "/]-[")]
    [InlineData("/\\_\\-\\/\\.", "/_-/.")]
    [InlineData("/(?i)A(?-i)b", "/ab")]
    [InlineData("/(?i:A)b", "/ab")]
    [InlineData("/a{2}b{1,}c{0,2}", "/aabcc")]
    [InlineData("/(a|b)+?", "/ab")]
    [InlineData("/\\w+\\.(?:jpe?g|png)", "/a.jpg")]
    public void Translates_what_NET_spells_differently(string pattern, string path) => Assert.Matches(Compile(pattern), path);

    [Theory]
    [InlineData("/café", "/café")]
    [InlineData("/é+", "/ééé")]
    [InlineData("/a b", "/a b")]
    [InlineData("/a\\ b", "/a b")]
    [InlineData("/\\{x\\}", "/{x}")]
    [InlineData("/a\\\\b", "/a\\b")]
    [InlineData("/a\\|b\\^", "/a|b^")]
    [InlineData("/(?x) a b", "/ab")]
    [InlineData("/\ud83d\ude00?x", "/x")]
    public void Literals_that_a_normal_path_has_encoded_match_it(string pattern, string path) => Assert.Matches(Compile(pattern), PathNormalizer.Normalize(path));

    [Fact]
    public void A_header_s_pattern_keeps_its_literals() => Assert.Equal("é b", RegexDialect.Translate("é b", isPath: false).Pattern);

    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/\\d+", "/a/")]
    [InlineData("/a\\.b\\-", "/a.b-")]
    [InlineData("/ab?", "/a")]
    [InlineData("/ab*", "/a")]
    [InlineData("/ab{0,1}", "/a")]
    [InlineData("/a\\.?", "/a")]
    [InlineData("/ab+c", "/ab")]
    [InlineData("/a(b|c)", "/a")]
    [InlineData("/a|/b", "")]
    [InlineData("/a[|]b", "/a")]
    [InlineData("/a\\|b", "/a")]
    [InlineData("(?i)/a", "")]
    [InlineData("/a$", "/a")]
    [InlineData("/a%2Fb", "/a")]
    [InlineData("/aéb", "/a")]
    [InlineData("^/a", "")]
    [InlineData("", "")]
    [InlineData("/\\x41", "/")]
    public void Finds_what_every_match_starts_with(string pattern, string expected) => Assert.Equal(expected, RegexDialect.Translate(pattern, isPath: true).LiteralPrefix);

    [Fact]
    public void Counts_groups_in_the_order_they_open() =>
        Assert.Equal(["x", null, "y", null], RegexDialect.Translate("/(?P<x>(a)(?<y>b))(?:c)([(])", isPath: true).GroupNames);
}
