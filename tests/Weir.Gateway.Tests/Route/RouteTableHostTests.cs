using static Weir.Gateway.Tests.RouteTests;

namespace Weir.Gateway.Tests;

/// <summary>Which route answers: hosts, server names, headers.</summary>
public sealed class RouteTableHostTests
{
    [Fact]
    public void A_request_without_host_is_routed_by_path_and_method()
    {
        var table = Table(Route("host", hosts: ["a.test"], paths: ["/a"]), Route("wild", hosts: ["*.test"], paths: ["/a"]), Route("path", paths: ["/a"]));
        Assert.Equal("path", table.Find("/a", ""));
    }

    [Theory]
    [InlineData("a.test", null)]
    [InlineData("a.test:8123", "r")]
    [InlineData("a.test:8124", null)]
    [InlineData("A.TEST:8123", "r")]
    public void A_host_with_port_matches_that_port(string host, string? expected) =>
        Assert.Equal(expected, Table(Route("r", hosts: ["a.test:8123"])).Find(host: host));

    [Fact]
    public void Without_a_port_in_the_request_the_listener_s_port_counts_not_the_scheme_s_default()
    {
        var table = Table(Route("r", hosts: ["a.test:8000"]), Route("default", hosts: ["a.test:80"]));
        Assert.Equal("r", table.Find(host: "a.test", port: 8000));
        Assert.Equal("default", table.Find(host: "a.test:80", port: 8000));
        Assert.Null(table.Find(host: "a.test", port: 8443));
    }

    [Fact]
    public void A_host_without_port_matches_any_port()
    {
        var table = Table(Route("any", hosts: ["a.test"]), Route("port", hosts: ["a.test:8122", "a.test:8123"]));
        Assert.Equal("port", table.Find(host: "a.test:8123"));
        Assert.Equal("any", table.Find(host: "a.test:9999"));
    }

    [Theory]
    [InlineData("*.x.test", "a.x.test", true)]
    [InlineData("*.x.test", "a.b.x.test", true)]
    [InlineData("*.x.test", "x.test", false)]
    [InlineData("*.x.test", "ax.test", false)]
    [InlineData("*.x.test", "a.x.test.org", false)]
    [InlineData("*.x.test", "A.X.TEST", true)]
    [InlineData("x.*", "x.org", true)]
    [InlineData("x.*", "x.co.uk", true)]
    [InlineData("x.*", "ax.org", false)]
    [InlineData("x.*", "x", false)]
    [InlineData("*.x.test:81", "a.x.test:81", true)]
    [InlineData("*.x.test:81", "a.x.test", false)]
    [InlineData("x.*:81", "x.org:81", true)]
    [InlineData("[::1]", "[::1]", true)]
    [InlineData("[::1]", "[::1]:8000", true)]
    [InlineData("[::1]:81", "[::1]:81", true)]
    [InlineData("[::1]:81", "[::1]", false)]
    public void Wildcards_stand_for_any_labels(string rule, string host, bool matches) =>
        Assert.Equal(matches ? "r" : null, Table(Route("r", hosts: [rule])).Find(host: host));

    [Theory]
    [InlineData("a.test:")]
    [InlineData("a.test:x")]
    [InlineData("a.test:99999999999")]
    [InlineData("a.test:-1")]
    [InlineData("a.test:8123:8123")]
    [InlineData(":")]
    [InlineData(":8123")]
    [InlineData("[")]
    [InlineData("[]:8123")]
    [InlineData(".")]
    [InlineData("......")]
    [InlineData("a.test.")]
    public void Strange_hosts_match_no_rule_with_port_or_wildcard(string host) =>
        Assert.Equal("any", Table(Route("r", hosts: ["a.test:8123", "*.b.test", "b.*"]), Route("any", paths: ["/"])).Find(host: host));

    [Fact]
    public void A_host_of_a_thousand_labels_is_no_trouble() =>
        Assert.Equal("r", Table(Route("r", hosts: ["*.x.test"])).Find(host: string.Concat(Enumerable.Repeat("a.", 1000)) + "x.test"));

    [Fact]
    public void A_plain_host_beats_a_wildcard_but_not_one_with_a_path()
    {
        var plain = Route("plain", hosts: ["a.x.test"]);
        Assert.Equal("plain", Table(plain, Route("wild", hosts: ["*.x.test"])).Find("/p", "a.x.test"));
        Assert.Equal("wild", Table(plain, Route("wild", hosts: ["*.x.test"], paths: ["/p"])).Find("/p", "a.x.test"));
    }

    [Fact]
    public void One_wildcard_among_the_hosts_of_a_route_costs_it_the_rank_of_plain_hosts()
    {
        var table = Table(Route("plain", hosts: ["a.test"]), Route("mixed", hosts: ["a.test", "*.b.test"]));
        Assert.Equal("plain", table.Find(host: "a.test"));
    }

    [Theory]
    [InlineData("version", "v1", "r")]
    [InlineData("VERSION", "V2", "r")]
    [InlineData("version", "v3", "any")]
    [InlineData("version", "v1x", "any")]
    [InlineData("version", "", "any")]
    [InlineData("other", "v1", "any")]
    public void A_header_matches_any_listed_value_whatever_the_case(string name, string value, string expected)
    {
        var table = Table(Route("r", paths: ["/"], headers: Header("Version", "v1", "V2")), Route("any", paths: ["/"]));
        Assert.Equal(expected, table.Find(headers: new() { [name] = value }));
    }

    [Fact]
    public void A_repeated_header_matches_when_any_of_its_values_does()
    {
        var table = Table(Route("r", headers: Header("version", "v1")));
        Assert.Equal("r", table.Find(headers: new() { ["version"] = new(["v0", "v1"]) }));
        Assert.Null(table.Find(headers: new() { ["version"] = "v0, v1" }));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Android)", "r")]
    [InlineData("curl/8 ANDROID", "r")]
    [InlineData("iphone", "r")]
    [InlineData("xiphonex", null)]
    public void A_header_value_may_be_a_regex_without_anchor_and_without_case(string value, string? expected) =>
        Assert.Equal(expected, Table(Route("r", headers: Header("user-agent", "~*android", "~*^iPhone$"))).Find(headers: new() { ["User-Agent"] = value }));

    [Fact]
    public void All_headers_of_a_route_must_match_and_more_of_them_beat_fewer_and_longer_paths()
    {
        var two = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["1"], ["b"] = ["2"] };
        var table = Table(
            Route("one", paths: ["/long"], headers: Header("a", "1")),
            Route("two", paths: ["/"], headers: two),
            Route("twoLonger", paths: ["/lo"], headers: two));
        Assert.Equal("one", table.Find("/long", headers: new() { ["a"] = "1" }));
        Assert.Equal("one", table.Find("/long", headers: new() { ["a"] = "1", ["b"] = "3" }));
        Assert.Equal("twoLonger", table.Find("/long", headers: new() { ["a"] = "1", ["b"] = "2" }));
        Assert.Equal("two", table.Find("/", headers: new() { ["a"] = "1", ["b"] = "2" }));
    }

    [Theory]
    [InlineData("a.test", "exact")]
    [InlineData("A.test", "exact")]
    [InlineData("a.test.", "exact")]
    [InlineData("x.left.test", "left")]
    [InlineData("x.y.left.test", "left")]
    [InlineData("left.test", null)]
    [InlineData("right.org", "right")]
    [InlineData("right.org.", "right")]
    [InlineData("b.test", null)]
    [InlineData(null, null)]
    [InlineData("", null)]
    public void A_server_name_selects_on_https(string? sni, string? expected)
    {
        var table = Table(Route("exact", snis: ["a.test."]), Route("left", snis: ["*.left.test"]), Route("right", snis: ["right.*"]));
        Assert.Equal(expected, table.Find(scheme: "https", sni: sni));
    }

    [Fact]
    public void A_server_name_is_ignored_on_plain_http()
    {
        var table = Table(Route("r", snis: ["a.test"], paths: ["/a"]));
        Assert.Equal("r", table.Find("/a", scheme: "http"));
        Assert.Null(table.Find("/a", scheme: "https"));
    }

    [Fact]
    public void Many_routes_that_only_differ_in_a_header_are_told_apart()
    {
        var table = Table(
        [
            .. Enumerable.Range(0, 1000).Select(n => Route($"{n}", paths: ["/api"], headers: Header(n % 2 == 0 ? "x-tenant" : "X-TENANT", $"Tenant-{n}"))),
        ]);
        Assert.Equal("512", table.Find("/api", headers: new() { ["X-Tenant"] = "tenant-512" }));
        Assert.Equal("7", table.Find("/api", headers: new() { ["x-tenant"] = new(["TENANT-6", "tenant-7"]) }));
        Assert.Null(table.Find("/api", headers: new() { ["x-tenant"] = "tenant-1000" }));
        Assert.Null(table.Find("/api"));
    }

    [Fact]
    public void Many_routes_that_only_differ_in_the_server_name_are_told_apart()
    {
        var table = Table(
        [
            .. Enumerable.Range(0, 1000).Select(n => Route($"{n}", paths: ["/api"], snis: [$"h{n}.test"])),
            Route("wild", paths: ["/api"], snis: ["*.org"]),
        ]);
        Assert.Equal("512", table.Find("/api", scheme: "https", sni: "H512.test."));
        Assert.Equal("wild", table.Find("/api", scheme: "https", sni: "h1.org"));
        Assert.Null(table.Find("/api", scheme: "https", sni: "h1000.test"));
        Assert.Equal("wild", table.Find("/api", scheme: "http"));
    }

    [Fact]
    public void Hosts_that_lead_to_the_same_routes_do_not_multiply_with_the_paths()
    {
        var hosts = Enumerable.Range(0, 1000).Select(n => $"h{n}.test").ToArray();
        var paths = Enumerable.Range(0, 1000).Select(n => $"/p{n:000}").ToArray();
        var table = Table();
        Assert.InRange(Allocation.LeastBytes(() => table = Table(Route("r", hosts: hosts, paths: paths))), 0, 4_000_000);
        Assert.Equal("r", table.Find("/p500/x", "h999.test"));
    }
}
