using FsCheck;
using FsCheck.Fluent;

namespace Weir.Config.Tests;

public sealed class PathNormalizerTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("/a/")]
    [InlineData("/a/b.json")]
    [InlineData("/.well-known/x")]
    [InlineData("/a/..b/...")]
    [InlineData("/a../b.")]
    [InlineData("/a%2Fb%20c%C3%A9")]
    [InlineData("/!$&'()*+,;=:@[]-._~")]
    public void A_normal_path_is_returned_as_it_is(string path)
    {
        Assert.True(PathNormalizer.IsNormal(path));
        Assert.Same(path, PathNormalizer.Normalize(path));
    }

    [Theory]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("//", "/")]
    [InlineData("//a", "/a")]
    [InlineData("/a//", "/a/")]
    [InlineData("/.", "/")]
    [InlineData("/..", "/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/b/../", "/a/")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/../../../b/c/..", "/b/")]
    [InlineData("/a//../b", "/b")]
    [InlineData("/a/.//./b", "/a/b")]
    public void Dot_segments_go_and_slashes_merge(string path, string expected) =>
        Assert.Equal(expected, PathNormalizer.Normalize(path));

    [Theory]
    [InlineData("/%61%42%30%2d%2E%5f%7E", "/aB0-._~")]
    [InlineData("/%2e%2E/a", "/a")]
    [InlineData("/a/%2e./b", "/b")]
    [InlineData("/a%2fb", "/a%2Fb")]
    [InlineData("/a%2f..%2fb", "/a%2F..%2Fb")]
    [InlineData("/%3f%23%25", "/%3F%23%25")]
    [InlineData("/%21%24", "/%21%24")]
    [InlineData("/caf%c3%a9", "/caf%C3%A9")]
    [InlineData("/%00%0d%0a", "/%00%0D%0A")]
    [InlineData("/%ff%fe", "/%FF%FE")]
    public void Unreserved_characters_are_decoded_and_nothing_else(string path, string expected) =>
        Assert.Equal(expected, PathNormalizer.Normalize(path));

    [Theory]
    [InlineData("/a%", "/a%25")]
    [InlineData("/%4", "/%254")]
    [InlineData("/%zz", "/%25zz")]
    [InlineData("/%%36%31", "/%2561")]
    [InlineData("/%2%35", "/%2525")]
    [InlineData("/%252e%252e", "/%252e%252e")]
    [InlineData("/%u002e", "/%25u002e")]
    public void A_percent_sign_that_starts_no_sequence_is_a_percent_sign(string path, string expected) =>
        Assert.Equal(expected, PathNormalizer.Normalize(path));

    [Theory]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/a\"<>^`{|}", "/a%22%3C%3E%5E%60%7B%7C%7D")]
    [InlineData("/..\\..\\a", "/..%5C..%5Ca")]
    [InlineData("/a\0\r\n\tb\u007f", "/a%00%0D%0A%09b%7F")]
    [InlineData("/café", "/caf%C3%A9")]
    [InlineData("/\ud83d\ude00", "/%F0%9F%98%80")]
    [InlineData("/a#b", "/a%23b")]
    [InlineData("/a?b", "/a%3Fb")]
    [InlineData("/．．/a", "/%EF%BC%8E%EF%BC%8E/a")]
    public void Characters_with_no_place_in_a_path_are_encoded(string path, string expected) =>
        Assert.Equal(expected, PathNormalizer.Normalize(path));

    [Fact]
    public void A_lone_surrogate_becomes_the_replacement_character()
    {
        // Not as attribute arguments: those are stored as UTF-8.
        Assert.Equal("/%EF%BF%BD", PathNormalizer.Normalize("/\ud83d"));
        Assert.Equal("/%EF%BF%BDx", PathNormalizer.Normalize("/\ude00x"));
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("a", "/a")]
    [InlineData("*", "/*")]
    [InlineData("../a", "/a")]
    [InlineData("%2e", "/")]
    public void The_result_starts_with_a_slash_whatever_the_input(string path, string expected) =>
        Assert.Equal(expected, PathNormalizer.Normalize(path));

    // What paths are made of, and what attackers put into them.
    static readonly string[] s_pieces =
    [
        "/", "//", "a", "B", "0", ".", "..", "/.", "/..", "/./", "/../", "%", "%2", "%2e", "%2E", "%2f", "%2F", "%5c", "\\",
        "%25", "%252e", "%61", "%c3%a9", "é", "%00", "\0", " ", "%20", "#", "?", ";", "..;", "\ud83d", "\ude00", "\u202e", "~", "-", "%zz", "%%",
        "\t", "[", "{",
    ];

    static Arbitrary<string> Paths() => Gen.OneOf(
        Gen.Elements(s_pieces).ListOf().Select(static pieces => string.Concat(pieces)),
        ArbMap.Default.GeneratorFor<string>().Select(static text => text ?? ""),
        Gen.Choose(0, 0xFFFF).Select(static c => (char)c).ArrayOf().Select(static text => new string(text))).ToArbitrary();

    [Fact]
    public void Normal_paths_are_safe_and_stay_what_they_are() =>
        Prop.ForAll(Paths(), static raw =>
        {
            var path = PathNormalizer.Normalize(raw);
            Assert.Same(path, PathNormalizer.Normalize(path));
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            Assert.DoesNotContain("//", path, StringComparison.Ordinal);
            Assert.DoesNotContain(path.Split('/'), static segment => segment is "." or "..");
            Assert.All(path, static c => Assert.InRange(c, '!', '~'));
            Assert.DoesNotContain(path, static c => c is '?' or '#' or '\\' or '"' or '<' or '>');
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void The_quick_check_and_the_rewriting_agree() =>
        Prop.ForAll(Paths(), static raw =>
        {
            // A double slash is never normal, so it forces the rewriting.
            Assert.Equal(PathNormalizer.Normalize("//" + raw), PathNormalizer.Normalize("/" + raw));
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Theory]
    [InlineData(100_000)]
    public void Long_hostile_paths_take_linear_time(int repeats)
    {
        Assert.Equal("/", PathNormalizer.Normalize(string.Concat(Enumerable.Repeat("/..", repeats)) + "/"));
        Assert.Equal("/", PathNormalizer.Normalize(new string('/', repeats)));
        Assert.Equal("/a/", PathNormalizer.Normalize("/a" + string.Concat(Enumerable.Repeat("/./b/..", repeats))));
        Assert.Equal((repeats * 3) + 1, PathNormalizer.Normalize(new string('%', repeats)).Length);
        Assert.Equal((repeats * 9) + 1, PathNormalizer.Normalize("/" + new string('\u20ac', repeats)).Length);
    }
}
