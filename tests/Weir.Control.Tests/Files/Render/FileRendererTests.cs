using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class FileRendererTests
{
    static MapNode Render(string text, Func<string, string?>? environment = null) =>
        Given.Clean(report => FileRenderer.Render([new FileSource("kong.yaml", text)], environment, report));

    static string? Environment(string name) => name switch
    {
        "DECK_MOCKBIN_HOST" => "mockbin.org",
        "DECK_MOCKBIN_ENABLED" => "true",
        "DECK_WRITE_TIMEOUT" => "777",
        "DECK_FOO_FLOAT" => "666",
        _ => null,
    };

    [Theory]
    [InlineData("convert/5/input.yaml", "convert/5/output-expected.yaml")]
    [InlineData("convert/6/input.yaml", "convert/6/output-expected.yaml")]
    [InlineData("convert/8/input.yaml", "convert/8/output-expected.yaml")]
    [InlineData("render/deterministic-sort/001-consumer-credentials/input.yaml", "render/deterministic-sort/001-consumer-credentials/expected.yaml")]
    public void Writes_byte_for_byte_what_deck_writes(string input, string expected)
    {
        var made = Render(Given.File(input.Split('/')).Text, Environment);
        Assert.Equal(Given.File(expected.Split('/')).Text, FileWriter.Write(made, FileFormat.Yaml));
    }

    [Fact]
    public void Refuses_a_key_that_stands_twice_and_otherwise_makes_what_deck_makes()
    {
        // decK takes the last of two keys; here such a file is broken, as one of them is lost without a word.
        var text = Given.File("render", "003-traditional-routes", "input.yaml").Text;
        Assert.Equal(["kong.yaml:7:3: routes: the key 'routes' stands twice in the same map"],
            Given.Problems(report => FileRenderer.Render([new FileSource("kong.yaml", text)], null, report)));
        Assert.Equal(Given.File("render", "003-traditional-routes", "expected.yaml").Text,
            FileWriter.Write(Render(text.Replace("  routes:\n  routes:", "  routes:", StringComparison.Ordinal)), FileFormat.Yaml));
    }

    [Fact]
    public void Leaves_expressions_of_environment_variables_unless_asked() =>
        Assert.Contains("host: ${{ env \"DECK_MOCKBIN_HOST\" }}\n", FileWriter.Write(Render(Given.File("convert", "8", "input.yaml").Text), FileFormat.Yaml),
            StringComparison.Ordinal);

    [Fact]
    public void Reports_variables_that_are_not_set() =>
        Assert.Equal(4, Given.Problems(report => FileRenderer.Render([Given.File("convert", "8", "input.yaml")], static _ => null, report)).Count);

    [Fact]
    public void Nests_what_belongs_to_one_entity_only()
    {
        var made = Render("""
            services: [{name: s, url: "https://h/p"}]
            routes: [{name: r, service: {name: s}, paths: [/a]}, {name: t, paths: [/b]}]
            consumers: [{username: c}]
            plugins: [{name: p1, service: s}, {name: p2, route: r}, {name: p3, consumer: c, route: r}, {name: p4},
              {name: p5, consumer: {username: c}}, {name: p6, service: x}]
            """);
        Assert.Equal(["p1"], Names("$.services[*].plugins[*].name"));
        Assert.Equal(["p2"], Names("$.services[*].routes[*].plugins[*].name"));
        Assert.Equal(["p5"], Names("$.consumers[*].plugins[*].name"));
        Assert.Equal(["p3", "p4", "p6"], Names("$.plugins[*].name"));
        Assert.Equal(["t"], Names("$.routes[*].name"));
        Assert.Equal(["/p", "443", "h", "https"], Names("$.services[0]['host','port','protocol','path']"));

        IEnumerable<string?> Names(string selector) =>
            SelectorSet.Of(selector).Select(made).Select(static node => node.Scalar()).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Puts_shared_configs_and_tags_in_place()
    {
        var made = Render("""
            _info: {select_tags: [team]}
            _plugin_configs: {shared: {minute: 5, policy: local}}
            plugins: [{name: rate-limiting, _config: shared, config: {minute: 6}, tags: [own]}]
            """);
        Given.Same("""
            _format_version: "3.0"
            _info: {select_tags: [team]}
            plugins: [{name: rate-limiting, config: {minute: 6, policy: local}, tags: [own, team]}]
            """, made);
    }

    [Theory]
    [InlineData("_format_version: \"1.1\"", "kong.yaml:1:18: _format_version: \"3.0\" is expected, found \"1.1\"; `weir file convert` makes it")]
    [InlineData("plugins: [{name: p, _config: none}]", "kong.yaml:1:30: plugin 'p': _config: there is no 'none' in _plugin_configs")]
    public void Refuses_what_cannot_be_rendered(string text, string expected) =>
        Assert.Equal([expected], Given.Problems(report => FileRenderer.Render([new FileSource("kong.yaml", text)], null, report)));

    [Fact]
    public void Refuses_files_that_disagree() => Assert.Single(Given.Problems(report =>
        FileRenderer.Render([new FileSource("a.yaml", "_workspace: a"), new FileSource("b.yaml", "_workspace: b")], null, report)));
}
