using static Weir.Gateway.Tests.RouteTests;

namespace Weir.Gateway.Tests;

/// <summary>What the groups of a path's regex captured.</summary>
public sealed class RouteTableCaptureTests
{
    static IReadOnlyDictionary<string, string>? Captures(string path, params string[] regexes) => Table(Route("r", paths: regexes)).Match(path)?.Captures;

    [Fact]
    public void Groups_are_found_by_number_and_by_name()
    {
        var captures = Captures("/users/jane/9", "~/users/(?P<name>[a-z]+)/(\\d)");
        Assert.Equal(new Dictionary<string, string> { ["0"] = "/users/jane/9", ["1"] = "jane", ["name"] = "jane", ["2"] = "9" }, captures);
    }

    [Fact]
    public void A_group_s_number_is_its_place_whether_it_has_a_name_or_not()
    {
        var captures = Captures("/a/b/c", "~/(?<x>.)/(.)/(?<y>.)");
        Assert.Equal("a", captures?["1"]);
        Assert.Equal("b", captures?["2"]);
        Assert.Equal("c", captures?["3"]);
        Assert.Equal("c", captures?["y"]);
    }

    [Fact]
    public void A_group_that_took_no_part_is_absent()
    {
        var captures = Captures("/a", "~/a(/(?<rest>.*))?$");
        Assert.NotNull(captures);
        Assert.Equal(["0"], captures.Keys);
    }

    [Theory]
    [InlineData("~/a.*")]
    [InlineData("~/(?:a)")]
    [InlineData("~/(?i:A)")]
    public void A_regex_without_groups_captures_nothing(string regex) => Assert.Null(Captures("/a/b", regex));

    [Fact]
    public void A_prefix_captures_nothing()
    {
        var match = Table(Route("r", paths: ["/a"])).Match("/a");
        Assert.False(match?.PathIsRegex);
        Assert.Null(match?.Captures);
    }

    [Fact]
    public void Captures_are_of_the_normal_path() => Assert.Equal("a%2Fb", Captures("/x/../users/%61%2fb", "~/users/(?<name>[^/]+)")?["name"]);
}
