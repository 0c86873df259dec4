using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class UpstreamPathTests
{
    public sealed record PathCase(string Service, string? RoutePath, bool Strip, string Request, string Expected)
    {
        public override string ToString() => $"{Service} + {RoutePath ?? "no path"} strip={Strip} {Request}";
    }

    /// <summary>
    /// Kong's own table. Its few cases of path_handling v1 have other answers than v0; the router flavor that Weir follows ignores v1, so they expect
    /// what the same case has under v0.
    /// </summary>
    public static TheoryData<PathCase> KongCases()
    {
        var all = RouteTests.ReadData("router_path_handling.json").EnumerateArray()
            .Select(entry => (Version: entry.GetProperty("path_handling").GetString(), Case: new PathCase(
                entry.GetProperty("service_path").GetString()!,
                entry.TryGetProperty("route_path", out var path) ? path.GetString() : null,
                entry.GetProperty("strip_path").GetBoolean(),
                entry.GetProperty("request_path").GetString()!,
                entry.GetProperty("expected_upstream_path").GetString()!)))
            .ToList();
        var v0 = all.Where(entry => entry.Version == "v0").ToDictionary(entry => entry.Case with { Expected = "" }, entry => entry.Case.Expected);
        return [.. all.Select(entry => entry.Case with { Expected = v0[entry.Case with { Expected = "" }] })];
    }

    [Theory]
    [MemberData(nameof(KongCases))]
    public void Joins_paths_as_Kong_does(PathCase path)
    {
        var request = PathNormalizer.Normalize(path.Request);
        Assert.Equal(path.Expected, UpstreamPath.Join(path.Service, request, path.RoutePath?.Length ?? 0, path.Strip));
    }

    [Theory]
    [MemberData(nameof(KongCases))]
    public void Joins_paths_as_Kong_does_after_a_match(PathCase path)
    {
        var route = RouteTests.Route("r", hosts: ["a.test"], paths: path.RoutePath is null ? null : [path.RoutePath]) with { PathHandling = PathHandling.V1 };
        var match = RouteTests.Table(route).Match(path.Request, "a.test");
        Assert.NotNull(match);
        Assert.Equal(path.Expected, UpstreamPath.Join(path.Service, PathNormalizer.Normalize(path.Request), match.Value.MatchedPathLength, path.Strip));
    }

    [Fact]
    public void The_table_is_whole() => Assert.Equal(106, KongCases().Count);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    public void A_service_without_path_is_the_root(string? servicePath) => Assert.Equal("/a/b", UpstreamPath.Join(servicePath, "/a/b", 0, false));

    [Theory]
    [InlineData("/", "/a/b", 0, false)]
    [InlineData("/", "/a/b", 0, true)]
    [InlineData("/", "/a/b", 1, true)]
    public void Returns_the_request_path_itself_when_nothing_changes(string service, string request, int matched, bool strip) =>
        Assert.Same(request, UpstreamPath.Join(service, request, matched, strip));

    [Fact]
    public void Returns_the_service_path_itself_when_nothing_is_left() => Assert.Same("/service", UpstreamPath.Join("/service", "/route", 6, true));

    [Theory]
    [InlineData("/route..", "/service")]
    [InlineData("/route.", "/service")]
    [InlineData("/route../admin", "/service/admin")]
    [InlineData("/route...", "/service/...")]
    [InlineData("/route.x", "/service/.x")]
    [InlineData("/route..x", "/service/..x")]
    public void Stripping_a_prefix_never_leaves_a_segment_that_climbs(string request, string expected) =>
        Assert.Equal(expected, UpstreamPath.Join("/service", PathNormalizer.Normalize(request), 6, true));

    [Fact]
    public void A_match_longer_than_the_path_strips_it_all() => Assert.Equal("/service", UpstreamPath.Join("/service", "/a", 99, true));
}
