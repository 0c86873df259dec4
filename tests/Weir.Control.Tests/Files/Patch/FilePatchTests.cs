using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class FilePatchTests
{
    static MapNode Patched(string text, string selector, params string[] values) =>
        Given.Clean(report => FilePatch.OfFlags([selector], values, report)?.Apply(Given.Map(text)));

    [Theory]
    [InlineData("n:1", "n: 1")]
    [InlineData("n:\"hi\"", "n: hi")]
    [InlineData("n:true", "n: true")]
    [InlineData("n:{\"a\": 1}", "n: {a: 1}")]
    [InlineData("n:[1,null]", "n: [1, null]")]
    [InlineData("n:\":::\"", "n: ':::'")]
    [InlineData("n:null", "n: null")]
    [InlineData("n:", "{}")]
    [InlineData("other:", "n: old")]
    public void Sets_and_removes_fields(string value, string expected) => Given.Same(expected, Patched("n: old", "$", value));

    [Fact]
    public void Changes_every_map_that_is_chosen_and_passes_over_the_rest() => Given.Same("""
        services: [{name: a, plugins: [{name: two, one: one}, 1, [x], text]}, {name: b, plugins: [{name: two, one: one}]}]
        """, Patched("services: [{name: a, plugins: [{name: a}, 1, [x], text]}, {name: b, plugins: [{}]}]", "$..plugins[*]", "one:\"one\"", "name:\"two\""));

    [Fact]
    public void Appends_to_lists() => Given.Same("routes: [{methods: [GET, OPTIONS]}, {methods: [OPTIONS]}, {}]",
        Patched("routes: [{methods: [GET]}, {methods: []}, {}]", "$..routes[*].methods", "[\"OPTIONS\"]"));

    [Fact]
    public void Reports_every_flag_that_does_not_fit()
    {
        var problems = Given.Problems(report => FilePatch.OfFlags(["bad one", "$."], ["n:1", "n_false", "n:{not valid}"], report));
        Assert.Equal(4, problems.Count);
        Assert.Contains("--value: 'key:json' or a list of JSON is expected, found 'n_false'", problems);
        Assert.Contains(problems, static problem => problem.StartsWith("--value: '{not valid}' in 'n:{not valid}' is not JSON", StringComparison.Ordinal));
        Assert.Contains(problems, static problem => problem.StartsWith("--selector: selector 'bad one' is not a valid JSONPath", StringComparison.Ordinal));
    }

    [Fact]
    public void Applies_the_patches_of_a_file_in_order()
    {
        var file = new FileSource("patch.yaml", """
            _format_version: "1.0"
            patches:
            - selectors: ["$..services[*]"]
              values: {read_timeout: 10000, _comment: patched}
              remove: [_ignore]
            - selectors: ["$..services[?@.read_timeout == 10000].tags"]
              values: [slow]
            - values: {_workspace: team}
            """);
        var patches = Given.Clean(report => FilePatch.ReadFile(file, report));
        var patched = patches.Aggregate(Given.Map("services: [{name: a, _ignore: x, tags: [t]}]"), static (root, patch) => patch.Apply(root));
        Given.Same("_workspace: team\nservices: [{name: a, tags: [t, slow], read_timeout: 10000, _comment: patched}]", patched);
    }

    [Fact]
    public void Reports_everything_that_is_wrong_with_a_file_of_patches()
    {
        var file = new FileSource("p.yaml", """
            _format_version: "2.0"
            patch: []
            patches:
            - selectors: 123
            - selectors: [not valid]
              value: 1
            - values: 123
            - {remove: 123}
            - {values: {f: 1}, remove: [f]}
            - text
            """);
        var problems = Given.Problems(report => FilePatch.ReadFile(file, report));
        Assert.Equal(
        [
            "p.yaml:1:18: _format_version: \"1.0\" is expected, found \"2.0\"",
            "p.yaml:2:1: patch: unknown field; known are patches",
            "p.yaml:4:14: selectors: a list of texts is expected, found the number 123",
            "p.yaml:5:14: selectors: selector 'not valid' is not a valid JSONPath expression: a query begins with '$' at character 1, found 'n'",
            "p.yaml:6:3: value: unknown field; known are selectors, values, remove",
            "p.yaml:7:11: values: a map, or a list to append to lists, is expected, found the number 123",
            "p.yaml:8:12: remove: a list of texts is expected, found the number 123",
            "p.yaml:9:28: remove: 'f' is changed and removed at the same time",
            "p.yaml:10:3: patches: a map is expected, found the text \"text\"",
        ], problems);
    }
}
