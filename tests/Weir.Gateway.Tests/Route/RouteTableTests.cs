using Weir.Config;
using static Weir.Gateway.Tests.RouteTests;

namespace Weir.Gateway.Tests;

/// <summary>Which route answers: methods, paths, priorities.</summary>
public sealed class RouteTableTests
{
    [Fact]
    public void An_empty_table_answers_nothing()
    {
        var table = Table();
        Assert.Equal(0, table.Count);
        Assert.Null(table.Find("/", "a.test"));
    }

    [Fact]
    public void A_request_that_no_route_accepts_finds_nothing() => Assert.Null(Table(Route("r", paths: ["/a"])).Find("/b"));

    [Fact]
    public void A_route_with_only_a_method_answers_when_nothing_better_does()
    {
        var table = Table(
            Route("method", methods: ["GET"]),
            Route("path", methods: ["GET"], paths: ["/a"]),
            Route("host", methods: ["GET"], hosts: ["a.test"]));
        Assert.Equal("path", table.Find("/a"));
        Assert.Equal("host", table.Find("/x", "a.test"));
        Assert.Equal("method", table.Find("/x"));
        Assert.Null(table.Find("/x", method: "POST"));
    }

    [Theory]
    [InlineData("GET", "r")]
    [InlineData("PURGE", "r")]
    [InlineData("get", null)]
    [InlineData("POST", null)]
    [InlineData("", null)]
    public void Methods_are_compared_with_case(string method, string? expected) =>
        Assert.Equal(expected, Table(Route("r", methods: ["GET", "PURGE"])).Find(method: method));

    [Fact]
    public void More_matched_attributes_beat_a_longer_path()
    {
        var table = Table(Route("hostAndPath", hosts: ["a.test"], paths: ["/a"]), Route("path", paths: ["/a/b/c"]));
        Assert.Equal("hostAndPath", table.Find("/a/b/c", "a.test"));
        Assert.Equal("path", table.Find("/a/b/c", "b.test"));
    }

    [Theory]
    [InlineData("/a/b/c", "long")]
    [InlineData("/a/b", "long")]
    [InlineData("/a/bc", "long")]
    [InlineData("/ax", "short")]
    [InlineData("/a", "short")]
    [InlineData("/", null)]
    [InlineData("/A", null)]
    public void The_longest_prefix_wins_and_prefixes_are_text_not_segments(string path, string? expected) =>
        Assert.Equal(expected, Table(Route("short", paths: ["/a"]), Route("long", paths: ["/a/b"])).Find(path));

    [Fact]
    public void A_regex_beats_a_prefix_even_if_that_is_the_whole_path() =>
        Assert.Equal("regex", Table(Route("prefix", paths: ["/prefix"]), Route("regex", paths: ["~/prefix.*"])).Find("/prefix"));

    [Fact]
    public void A_prefix_with_one_more_attribute_beats_a_regex() =>
        Assert.Equal("prefix", Table(Route("prefix", paths: ["/p"], methods: ["GET"]), Route("regex", paths: ["~/p.*"])).Find("/p"));

    [Theory]
    [InlineData("/x/123", null)]
    [InlineData("/123abc", "r")]
    [InlineData("/123", "r")]
    public void A_regex_is_anchored_at_the_start_only(string path, string? expected) => Assert.Equal(expected, Table(Route("r", paths: [@"~/\d+"])).Find(path));

    [Fact]
    public void A_regex_is_matched_with_case()
    {
        Assert.Null(Table(Route("r", paths: ["~/abc"])).Find("/ABC"));
        Assert.Equal("r", Table(Route("r", paths: ["~(?i)/abc"])).Find("/ABC"));
    }

    [Fact]
    public void An_alternative_at_the_top_of_a_regex_is_not_anchored() =>
        Assert.Equal("r", Table(Route("r", paths: ["~/a|/b"])).Find("/x/b"));

    [Fact]
    public void The_higher_regex_priority_wins_whatever_its_sign()
    {
        var table = Table(
            Route("low", paths: ["~/a"]) with { RegexPriority = -1 },
            Route("high", paths: ["~/a.*"]) with { RegexPriority = 5 },
            Route("middle", paths: ["~/."]));
        Assert.Equal("high", table.Find("/a"));
        Assert.Equal("middle", table.Find("/b"));
        var lowest = Route("lowest", paths: ["~/a"]) with { RegexPriority = int.MinValue };
        Assert.Equal("zero", Table(Route("zero", paths: ["~/a"]), lowest).Find("/a"));
    }

    [Fact]
    public void Prefixes_ignore_the_regex_priority() =>
        Assert.Equal("long", Table(Route("short", paths: ["/a"]) with { RegexPriority = 100 }, Route("long", paths: ["/ab"])).Find("/abc"));

    [Fact]
    public void Among_equals_the_higher_id_wins_not_the_older_route()
    {
        var older = Route("older", paths: ["/a"]) with { Id = Id(1), CreatedAt = 1 };
        var newer = Route("newer", paths: ["/a"]) with { Id = Id(2), CreatedAt = 2 };
        Assert.Equal("newer", Table(older, newer).Find("/a"));
        Assert.Equal("older", Table(older with { Id = Id(3) }, newer).Find("/a"));
    }

    [Fact]
    public void Ids_are_compared_as_text_not_as_the_integers_that_a_Guid_holds()
    {
        var table = Table(
            Route("low", paths: ["/a"]) with { Id = "01000000-0000-0000-0000-000000000000" },
            Route("high", paths: ["/a"]) with { Id = "02000000-0000-0000-0000-000000000000" },
            Route("middle", paths: ["/a"]) with { Id = "01ffffff-ffff-ffff-ffff-ffffffffffff" });
        Assert.Equal("high", table.Find("/a"));
    }

    [Fact]
    public void Without_ids_the_first_of_equals_wins()
    {
        var table = RouteTable<string>.Build([(Route("a", paths: ["/a"]), "a"), (Route("b", paths: ["/a"]), "b")]);
        Assert.Equal("a", table.Find("/a"));
    }

    [Fact]
    public void Empty_lists_are_the_same_as_none()
    {
        var route = Route("r", hosts: [], methods: [], paths: ["/a"], snis: [], headers: []);
        Assert.Equal("r", Table(route).Find("/a", "any.test"));
        Assert.Equal("host", Table(route, Route("host", hosts: ["a.test"], paths: ["/"])).Find("/a", "a.test"));
    }

    [Fact]
    public void Each_prefix_of_a_route_is_what_strip_path_removes()
    {
        var table = Table(Route("r", paths: ["/one", "/second", "/one/more", "~/third/\\d+"]));
        Assert.Equal(4, table.Match("/one/x")?.MatchedPathLength);
        Assert.Equal(7, table.Match("/second/x")?.MatchedPathLength);
        Assert.Equal(9, table.Match("/one/more/x")?.MatchedPathLength);
        Assert.Equal(9, table.Match("/third/12/x")?.MatchedPathLength);
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void A_route_without_path_matches_nothing_of_it() => Assert.Equal(0, Table(Route("r", hosts: ["a.test"])).Match("/a", "a.test")?.MatchedPathLength);

    [Fact]
    public void A_regex_removes_the_text_that_it_matched()
    {
        var match = Table(Route("r", paths: [@"~/items/(\d+)"])).Match("/items/42/details");
        Assert.True(match?.PathIsRegex);
        Assert.Equal(9, match?.MatchedPathLength);
    }

    [Fact]
    public void Of_several_regexes_the_first_that_matches_counts()
    {
        var table = Table(Route("r", paths: ["~/nothing", "~/a", "~/a/b"]));
        Assert.Equal(2, table.Match("/a/b")?.MatchedPathLength);
    }

    [Theory]
    [InlineData(RouteProtocol.Http)]
    [InlineData(RouteProtocol.Https)]
    [InlineData(RouteProtocol.Grpc)]
    [InlineData(RouteProtocol.Grpcs)]
    [InlineData(RouteProtocol.Ws)]
    internal void The_scheme_is_not_matched(RouteProtocol protocol)
    {
        var table = Table(Route("r", hosts: ["*.a.test"], paths: ["/p"]) with { Protocols = [protocol] });
        Assert.Equal("r", table.Find("/p", "x.a.test", scheme: "http"));
        Assert.Equal("r", table.Find("/p", "x.a.test", scheme: "https"));
    }

    [Fact]
    public void Routes_of_stream_protocols_answer_no_request()
    {
        var table = Table(Route("stream", snis: ["a.test"]) with { Protocols = [RouteProtocol.Tls] }, Route("http", paths: ["/a"]));
        Assert.Equal(1, table.Count);
        Assert.Null(table.Find("/", scheme: "https", sni: "a.test"));
    }

    [Fact]
    public void A_regex_that_is_none_is_refused_when_the_table_is_built()
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => Table(Route("r", paths: ["~/a(?=b)"])));
        Assert.Contains("look-around", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_path_is_matched()
    {
        var prefix = "/" + new string('a', 100_000);
        var table = Table(Route("long", paths: [prefix]), Route("longer", paths: [prefix + "b"]));
        Assert.Equal("long", table.Find(prefix + "c"));
        Assert.Equal(prefix.Length, table.Match(prefix + "c")?.MatchedPathLength);
    }

    [Fact]
    public void Ten_thousand_nested_prefixes_are_searched_from_the_longest()
    {
        var table = Table(
        [
            .. Enumerable.Range(1, 10_000).Select(n => Route($"{n}", paths: ["/" + new string('a', n)], methods: n % 2 == 0 ? ["GET"] : ["PUT"])),
        ]);
        Assert.Equal("10000", table.Find("/" + new string('a', 10_001)));
        Assert.Equal("4998", table.Find("/" + new string('a', 4_999)));
    }
}
