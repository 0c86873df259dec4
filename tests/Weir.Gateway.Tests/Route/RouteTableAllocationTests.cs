using Microsoft.AspNetCore.Http;
using static Weir.Gateway.Tests.RouteTests;
using Weir.Config;

namespace Weir.Gateway.Tests;

/// <summary>Matching allocates nothing.</summary>
public sealed class RouteTableAllocationTests
{
    const int Rounds = 200;

    static long BytesPerRound(Action round)
    {
        // The first rounds compile code and build the automata of regular expressions.
        for (var i = 0; i < Rounds; i++) round();
        return Allocation.LeastBytes(() =>
        {
            for (var i = 0; i < Rounds; i++) round();
        }) / Rounds;
    }

    static long BytesPerMatch(
        RouteTable<string> table, string path, string host, string? expected, HeaderDictionary? headers = null, string scheme = "http", string? sni = null)
    {
        headers ??= [];
        string? found = null;
        var bytes = BytesPerRound(() =>
        {
            var query = new RouteQuery { Method = "GET", Scheme = scheme, Host = host, NormalizedPath = path, Sni = sni, Headers = headers };
            found = table.TryMatch(in query, out var match) ? match.Payload : null;
        });
        Assert.Equal(expected, found);
        return bytes;
    }

    static RouteTable<string> Mixed() => Table(
    [
        Route("prefix", hosts: ["a.test"], paths: ["/a"], methods: ["GET"]),
        Route("wild", hosts: ["*.wild.test:81", "wild.*"], paths: ["/a"]),
        Route("regex", hosts: ["r.test"], paths: [@"~/items/\d+/x"]),
        .. Enumerable.Range(0, 100).Select(n => Route($"h{n}", paths: ["/header"], headers: Header("x-tenant", $"t{n}"))),
        .. Enumerable.Range(0, 100).Select(n => Route($"s{n}", hosts: ["s.test"], paths: ["/"], snis: [$"s{n}.test"])),
    ]);

    [Fact]
    public void A_match_by_host_and_prefix() => Assert.Equal(0, BytesPerMatch(Mixed(), "/a/b/c", "A.test:8000", "prefix"));

    [Fact]
    public void A_match_by_wildcard() => Assert.Equal(0, BytesPerMatch(Mixed(), "/a/b/c", "x.y.wild.test:81", "wild"));

    [Fact]
    public void A_match_by_header() => Assert.Equal(0, BytesPerMatch(Mixed(), "/header", "b.test", "h77", new() { ["x-tenant"] = "T77" }));

    [Fact]
    public void A_match_by_server_name() => Assert.Equal(0, BytesPerMatch(Mixed(), "/a", "s.test", "s42", scheme: "https", sni: "s42.test"));

    [Fact]
    public void A_match_by_regex_without_groups() => Assert.Equal(0, BytesPerMatch(Mixed(), "/items/4711/x/y", "r.test", "regex"));

    [Fact]
    public void No_match() => Assert.Equal(0, BytesPerMatch(Mixed(), "/nothing", "x.y.wild.test", null));

    [Fact]
    public void A_path_that_is_normal_already() => Assert.Equal(0, BytesPerRound(static () => PathNormalizer.Normalize("/api/v1/items/caf%C3%A9/file.json")));
}
