using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class RouteNamespaceTests
{
    static MapNode Moved(string text, string? prefix, params string[] selectors) => Given.Clean(report =>
        new RouteNamespace(prefix, [], false, false).Apply(Given.Map(text), selectors.Length == 0 ? null : SelectorSet.Of(selectors), report));

    [Theory]
    [InlineData("/", "/namespace", "/namespace")]
    [InlineData("/one", "/namespace", "/namespace/one")]
    [InlineData("/one/", "/namespace", "/namespace/one/")]
    [InlineData("~/$", "/namespace", "~/namespace$")]
    [InlineData("~/", "/namespace", "~/namespace")]
    [InlineData("~/one$", "/namespace", "~/namespace/one$")]
    [InlineData("~/one/$", "/namespace", "~/namespace/one/$")]
    [InlineData("/", "/namespace/", "/namespace/")]
    [InlineData("/one", "/namespace/", "/namespace/one")]
    [InlineData("~/$", "/namespace/", "~/namespace/$")]
    [InlineData("~/", "/namespace/", "~/namespace/")]
    [InlineData("~/one/$", "/namespace/", "~/namespace/one/$")]
    public void Puts_the_prefix_before_a_path(string path, string prefix, string expected) => Assert.Equal(expected, new PathNamespace(prefix).Prefixed(path));

    [Fact]
    public void Leaves_the_rest_to_a_route_that_strips_its_path() => Given.Same(
        "routes: [{paths: [/ns/a, ~/ns/b$], strip_path: true}, {hosts: [h], paths: [/ns]}]",
        Moved("routes: [{paths: [/a, ~/b$], strip_path: true}, {hosts: [h]}]", "/ns"));

    [Fact]
    public void Strips_with_a_plugin_on_the_route_or_on_the_service_when_all_its_routes_need_it()
    {
        var moved = Moved("""
            services:
            - name: all
              routes: [{paths: [/a], strip_path: false}, {paths: [~/b$], strip_path: false}]
            - name: some
              routes: [{paths: [/a], strip_path: false}, {paths: [/b]}]
            routes: [{paths: [/c], strip_path: false}]
            """, "/ns/");
        Assert.Equal(["pre-function"], Names("$.services[0].plugins[*].name"));
        Assert.Empty(Names("$.services[0].routes[*].plugins[*].name"));
        Assert.Equal(["pre-function"], Names("$.services[1].routes[0].plugins[*].name"));
        Assert.Empty(Names("$.services[1].plugins[*].name"));
        Assert.Empty(Names("$.services[1].routes[1].plugins[*].name"));
        Assert.Equal(["pre-function"], Names("$.routes[0].plugins[*].name"));
        Assert.Contains("local ns='/ns'", Names("$.routes[0].plugins[0].config.access[0]").Single(), StringComparison.Ordinal);

        IEnumerable<string?> Names(string selector) => SelectorSet.Of(selector).Select(moved).Select(static node => node.Scalar());
    }

    [Theory]
    [InlineData("/somepath/ns/", "/ns/")]
    [InlineData("/somepath/ns", "/ns/")]
    [InlineData("/somepath/ns/", "/ns")]
    [InlineData("/somepath/ns", "/ns")]
    public void Takes_the_prefix_off_the_path_of_a_service_that_ends_with_it(string path, string prefix) => Given.Same(
        "services: [{path: /somepath/, routes: [{paths: [/ns/a], strip_path: false}]}]",
        Moved($"services: [{{path: {path}, routes: [{{paths: [/a], strip_path: false}}]}}]", prefix));

    [Fact]
    public void Changes_only_the_routes_that_are_chosen()
    {
        var moved = Moved("services: [{path: /x/ns, routes: [{paths: [/a], strip_path: false}, {name: b, paths: [/b], strip_path: false}]}]", "/ns",
            "$..routes[?@.name == 'b']");
        Assert.Equal("/x/ns", SelectorSet.Of("$.services[0].path").Select(moved).Single().Scalar());
        Assert.Equal(["/a", "/ns/b"], SelectorSet.Of("$..paths[*]").Select(moved).Select(static node => node.Scalar()!).Order(StringComparer.Ordinal));
        Assert.Single(SelectorSet.Of("$.services[0].routes[1].plugins[*]").Select(moved));
    }

    [Theory]
    [InlineData(true, "[three]", "[three]")]
    [InlineData(false, "[one, two, three]", "[three]")]
    public void Adds_hosts_or_replaces_them(bool clear, string first, string second) => Given.Same(
        $"routes: [{{hosts: {first}}}, {{paths: [/a], hosts: {second}}}]",
        Given.Clean(report => new RouteNamespace(null, ["three"], clear, false)
            .Apply(Given.Map("routes: [{hosts: [one, two]}, {paths: [/a]}]"), null, report)));

    [Fact]
    public void Moves_paths_and_hosts_at_once() => Given.Same(
        "routes: [{hosts: [h], paths: [/ns/a]}]",
        Given.Clean(report => new RouteNamespace("/ns", ["h"], false, false)
            .Apply(Given.Map("routes: [{paths: [/a]}]"), SelectorSet.Of("$.routes[?!@.hosts]"), report)));

    [Theory]
    [InlineData("prefix/", "a prefix that begins with '/' is expected, found 'prefix/'")]
    [InlineData("/", "'/' is no prefix; name at least one segment")]
    [InlineData("//", "'//' has an empty segment")]
    [InlineData("~/x", "a prefix that begins with '/' is expected, found '~/x'")]
    public void Refuses_prefixes_that_are_none(string prefix, string expected) => Assert.Equal(
        ["--path-prefix: " + expected],
        Given.Problems(report => new RouteNamespace(prefix, [], false, false).Apply(Given.Map("routes: [{paths: [/a]}]"), null, report)));

    [Fact]
    public void Refuses_selectors_that_choose_no_route_or_something_else()
    {
        Assert.Equal(["kong.yaml:1:1: no route was chosen; say --allow-empty-selectors if that is as it should be"],
            Given.Problems(report => new RouteNamespace("/ns", [], false, false).Apply(Given.Map("services: []"), null, report)));
        Assert.Empty(Given.Problems(report => new RouteNamespace("/ns", [], false, true).Apply(Given.Map("services: []"), null, report)));
        Assert.Equal(["kong.yaml:1:12: a selector chose this, which is no route"],
            Given.Problems(report => new RouteNamespace("/ns", [], false, true)
                .Apply(Given.Map("services: [{name: a}]"), SelectorSet.Of("$..services[*]"), report)));
    }
}
