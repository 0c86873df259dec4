using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class RulesetTests
{
    static LintReport Lint(FileSource ruleset, FileSource state, bool onlyFailures = false)
    {
        var rules = Given.Clean(report => Ruleset.Read(ruleset, report));
        var root = Given.Clean(state.ReadNode);
        return LintReport.Of(rules.Check(root), LintSeverity.Error, onlyFailures);
    }

    [Theory]
    [InlineData("001-simple-lint/ruleset.yaml", "001-simple-lint/kong.yaml", "001-simple-lint/expected.yaml", false)]
    [InlineData("001-simple-lint/ruleset.yaml", "001-simple-lint/kong.yaml", "001-simple-lint/expected.json", false)]
    [InlineData("001-simple-lint/ruleset.yaml", "001-simple-lint/kong.yaml", "001-simple-lint/expected-fail-severity-error.yaml", true)]
    [InlineData("001-simple-lint/ruleset.yaml", "001-simple-lint/kong.yaml", "001-simple-lint/expected-fail-severity-error.json", true)]
    [InlineData("002-extends/ruleset-recommended-off-kong.yaml", "002-extends/kong.yaml", "002-extends/expected-recommended-off-kong.yaml", false)]
    public void Finds_what_deck_finds(string ruleset, string state, string expected, bool onlyFailures)
    {
        var found = Lint(Given.File(["lint", .. ruleset.Split('/')]), Given.File(["lint", .. state.Split('/')]), onlyFailures);
        Given.Same(Given.Map(Given.File(["lint", .. expected.Split('/')]).Text), found.Nodes());
    }

    [Theory]
    [InlineData("comments-only.yaml")]
    [InlineData("empty.yaml")]
    public void Finds_nothing_in_files_with_nothing(string state) =>
        Assert.Empty(Lint(Given.File("lint", "001-simple-lint", "ruleset.yaml"), Given.File("lint", "001-simple-lint", state)).Findings);

    [Theory]
    [InlineData("ruleset-recommended-only.yaml")]
    [InlineData("ruleset-recommended-plus-custom.yaml")]
    public void Refuses_rulesets_of_other_tools_rather_than_finding_nothing(string ruleset) => Assert.Equal(
        [$"{ruleset}:1:11: extends: the ruleset 'spectral:oas' is not here; only rules that stand in the file itself are checked"],
        Given.Problems(report => Ruleset.Read(Given.File("lint", "002-extends", ruleset), report)));

    [Fact]
    public void Finds_what_the_rules_of_a_file_find_beside_those_of_other_tools()
    {
        var ruleset = Given.File("lint", "002-extends", "ruleset-recommended-plus-custom.yaml");
        var own = ruleset with { Text = ruleset.Text.Replace("recommended", "off", StringComparison.Ordinal) };
        var found = Lint(own, Given.File("lint", "002-extends", "oas.yaml"));
        var expected = SelectorSet.Of("$.results[?@.Path == '$.paths.*.*']")
            .Select(Given.Map(Given.File("lint", "002-extends", "expected-recommended-plus-custom.yaml").Text));
        Assert.Equal(4, found.Findings.Count);
        Assert.Equal(
            expected.Cast<MapNode>().Select(static map => map.Find("Line").Scalar()).Order(StringComparer.Ordinal),
            found.Findings.Select(static finding => Tree.Number(finding.Place.Line).Text).Order(StringComparer.Ordinal));
        Assert.Equal("Make sure x-visibility is available for every operation", found.Findings[0].Message);
    }

    [Theory]
    [InlineData("truthy", "", "services: [{name: a, v: ''}]", "must be set")]
    [InlineData("truthy", "", "services: [{name: a}]", "must be set")]
    [InlineData("falsy", "", "services: [{v: 1}]", "must not be set")]
    [InlineData("defined", "", "services: [{}]", "must be defined")]
    [InlineData("undefined", "", "services: [{v: null}]", "must be undefined")]
    [InlineData("pattern", "notMatch: ^x", "services: [{v: xy}]", "`xy` matches the expression `^x`")]
    [InlineData("enumeration", "values: [a, 1]", "services: [{v: b}]", "`b` must equal to one of: a, 1")]
    [InlineData("length", "max: 2", "services: [{v: abc}]", "must not be longer than 2")]
    [InlineData("length", "min: 1", "services: [{v: []}]", "must not be shorter than 1")]
    [InlineData("casing", "type: kebab", "services: [{v: aB}]", "`aB` is not kebab case")]
    [InlineData("xor", "properties: [a, b]", "services: [{v: {a: 1, b: 1}}]", "exactly one of `a`, `b` must be defined")]
    [InlineData("or", "properties: [a, b]", "services: [{v: {}}]", "at least one of `a`, `b` must be defined")]
    [InlineData("alphabetical", "keyedBy: n", "services: [{v: [{n: b}, {n: a}]}]", "`a` must be placed before `b`")]
    public void Knows_the_functions_of_spectral(string function, string options, string state, string expected)
    {
        var ruleset = new FileSource("rules.yaml",
            $"rules: {{r: {{given: '$.services[*]', then: {{field: v, function: {function}, functionOptions: {{{options}}}}}}}}}");
        var finding = Assert.Single(Lint(ruleset, new FileSource("kong.yaml", state)).Findings);
        Assert.Equal("r: " + expected, finding.Message);
        Assert.Equal(LintSeverity.Warn, finding.Severity);
    }

    [Fact]
    public void Looks_at_keys_and_through_aliases()
    {
        var ruleset = new FileSource("rules.yaml", """
            aliases: {Services: ["$.services[*]"]}
            rules:
              keys:
                {given: "#Services", severity: info, message: "{{error}} in {{value}}", then: {field: "@key", function: casing, functionOptions: {type: flat}}}
              off: {given: $, severity: off, then: {function: falsy}}
            """);
        var found = Lint(ruleset, new FileSource("kong.yaml", "services: [{name: a, Host: b}]"));
        Assert.Equal("[info][1:22] `Host` is not flat case in Host", found.Plain().Split('\n')[3]);
    }

    [Fact]
    public void Reports_everything_that_is_wrong_with_a_ruleset() => Assert.Equal(
        [
            "r.yaml:2:17: severity: error, warn, info, hint or off is expected, found the text \"bad\"",
            "r.yaml:2:6: a: 'given' is missing: what the rule looks at",
            "r.yaml:2:6: a: 'then' is missing: what must hold",
            "r.yaml:3:14: given: '$.' is not a valid JSONPath expression: a name or '*' is expected at character 3, where it ends",
            "r.yaml:3:35: function: unknown function 'none'; known are truthy, falsy, defined, undefined, pattern, enumeration, length, casing, xor, or, "
                + "alphabetical",
            "r.yaml:4:17: thn: unknown field; known are description, message, given, then, severity, recommended, resolved, type, formats, documentationUrl, "
                + "tags, category, id, howToFix",
            "r.yaml:4:6: c: 'then' is missing: what must hold",
            "r.yaml:5:34: functionOptions: pattern needs 'match' or 'notMatch'",
        ],
        Given.Problems(report => Ruleset.Read(new FileSource("r.yaml", """
            rules:
              a: {severity: bad, then: []}
              b: {given: $., then: {function: none}}
              c: {given: $, thn: {function: truthy}}
              d: {given: $, then: {function: pattern}}
            """), report)).Order(StringComparer.Ordinal));
}
