namespace Weir.Server.Tests.Files;

/// <summary>The verbs of `weir file` as a pipeline uses them: standard input, files, exit codes.</summary>
public sealed class FileCommandTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-file-");

    public void Dispose() => _folder.Delete(recursive: true);

    static (int Code, string Output, string Error) Run(string input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var reader = new StringReader(input);
        var code = FileCommand.Create(output, error, reader).Parse(arguments).Invoke();
        return (code, output.ToString(), error.ToString());
    }

    string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Theory]
    [InlineData("patch --selector $..services[*] --value v:1", "services:\n- name: a\n  v: 1\n")]
    [InlineData("add-tags x z", "services:\n- name: a\n  tags:\n  - x\n  - z\n")]
    [InlineData("remove-tags --keep-only", "services:\n- name: a\n")]
    [InlineData("add-plugins --config {name:\u00a0p}", "plugins:\n- name: p\nservices:\n- name: a\n")]
    [InlineData("namespace -p /x --allow-empty-selectors", "services:\n- name: a\n")]
    [InlineData("convert --from kong-gateway-2.x --to kong-gateway-3.x", "_format_version: \"3.0\"\nservices:\n- name: a\n")]
    [InlineData("patch --selector $ --value n:1 --format JSON", "{\n  \"n\": 1,\n  \"services\": [\n    {\n      \"name\": \"a\"\n    }\n  ]\n}\n")]
    public void Changes_what_comes_over_standard_input(string command, string expected)
    {
        var arguments = command.Split(' ').Select(static word => word.Replace('\u00a0', ' ')).ToArray();
        Assert.Equal((0, expected, ""), Run("services:\n- name: a\n", arguments));
    }

    [Theory]
    [InlineData("list-tags", "a\nb\n")]
    [InlineData("list-tags --format yaml", "tags:\n- a\n- b\n")]
    public void Lists_tags_one_a_line_or_as_data(string command, string expected) =>
        Assert.Equal((0, expected, ""), Run("services: [{name: s, tags: [b, a]}]", command.Split(' ')));

    [Fact]
    public void Reads_and_writes_files()
    {
        var (one, two) = (Write("one.yaml", "services: [{name: a}]"), Write("two.json", "{\"services\": [{\"name\": \"b\"}]}"));
        var made = Path.Combine(_folder.FullName, "made.yaml");
        Assert.Equal((0, "", ""), Run("", "merge", one, two, "-o", made));
        Assert.Equal("services:\n- name: a\n- name: b\n", File.ReadAllText(made));
        Assert.Equal(0, Run("", "render", made).Code);
        Assert.Contains("resource \"konnect_gateway_service\" \"a\"", Run("", "kong2tf", "-s", made).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("patch --selector bad --value n:1", "--selector: selector 'bad' is not a valid JSONPath expression")]
    [InlineData("patch --selector $", "patch: --selector and --value are given together")]
    [InlineData("patch -s /does/not/exist --selector $ --value n:1", "/does/not/exist: cannot be read")]
    [InlineData("namespace -p x", "--path-prefix: a prefix that begins with '/' is expected")]
    [InlineData("openapi2kong", "-:1:1: openapi: an OpenAPI document of version 3 is expected")]
    [InlineData("remove-tags", "remove-tags: name the tags to remove")]
    [InlineData("add-tags x -o /does/not/exist/at-all", "/does/not/exist/at-all: cannot be written")]
    public void Says_what_is_wrong_and_ends_with_1(string command, string expected)
    {
        var (code, output, error) = Run("services: [{name: a}]", command.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_nothing_when_there_was_an_error()
    {
        var made = Path.Combine(_folder.FullName, "made.yaml");
        Assert.Equal(1, Run("a: [", "add-tags", "x", "-o", made).Code);
        Assert.False(File.Exists(made));
    }

    [Theory]
    [InlineData("error", 0, "Linting Violations: 1\nFailures: 0\n\n[warn][1:19] r: `a` does not match the expression `^b`\n")]
    [InlineData("warn", 1, "Linting Violations: 1\nFailures: 1\n\n[warn][1:19] r: `a` does not match the expression `^b`\n")]
    public void Lints_with_the_exit_code_of_the_severity_asked_for(string severity, int code, string expected)
    {
        var rules = Write("rules.yaml", "rules: {r: {given: '$.services[*].name', then: {function: pattern, functionOptions: {match: ^b}}}}");
        Assert.Equal((code, expected, ""), Run("services: [{name: a}]", "lint", rules, "-F", severity));
    }

    [Theory]
    [InlineData("_format_version: \"3.0\"\nservices: [{name: a, url: http://h}]", 0)]
    [InlineData("_format_version: \"3.0\"\nservices: [{name: a, urll: http://h}]", 1)]
    public void Validates_without_a_server(string text, int code) => Assert.Equal(code, Run(text, "validate", "-w", "team", "-").Code);
}
