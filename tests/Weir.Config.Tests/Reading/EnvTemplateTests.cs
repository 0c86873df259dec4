namespace Weir.Config.Tests;

public sealed class EnvTemplateTests
{
    static readonly Dictionary<string, string> Environment = new()
    {
        ["DECK_HOST"] = "example.com",
        ["DECK_PORT"] = "8080",
        ["DECK_ON"] = "True",
        ["DECK_LINES"] = "one\ntwo",
        ["DECK_FACTOR"] = "1.5",
        ["DECK_EMPTY"] = "",
        ["HOME"] = "/root",
    };

    static (string Text, string[] Problems) Fill(string text)
    {
        var report = new Report(100);
        var filled = EnvTemplate.Fill("f.yaml", text, name => Environment.GetValueOrDefault(name), report);
        return (filled, [.. report.Problems().Select(problem => problem.ToString())]);
    }

    [Theory]
    [InlineData("host: ${{ env \"DECK_HOST\" }}", "host: example.com")]
    [InlineData("host: ${{env \"DECK_HOST\"}}", "host: example.com")]
    [InlineData("host: ${{ env `DECK_HOST` }}", "host: example.com")]
    [InlineData("a: ${{ env \"DECK_HOST\" }}:${{ env \"DECK_PORT\" | toInt }}!", "a: example.com:8080!")]
    [InlineData("on: ${{ env \"DECK_ON\" | toBool }}", "on: true")]
    [InlineData("f: ${{ env \"DECK_FACTOR\" | toFloat }}", "f: 1.5")]
    [InlineData("x: |\n  ${{ env \"DECK_LINES\" | indent 2 }}\n", "x: |\n  one\n  two\n")]
    [InlineData("x: '${{ env \"DECK_EMPTY\" }}'", "x: ''")]
    [InlineData("  # ${{ env \"NOPE\" }}\na: 1", "  # ${{ env \"NOPE\" }}\na: 1")]
    [InlineData("a: ${{ env \"DECK_HOST\" }}\r\nb: 'x\u2028y\fz'", "a: example.com\r\nb: 'x\u2028y\fz'")]
    [InlineData("a: $(x) {{ y }}", "a: $(x) {{ y }}")]
    public void Fills_in_variables(string text, string expected)
    {
        var (filled, problems) = Fill(text);
        Assert.Empty(problems);
        Assert.Equal(expected, filled);
    }

    [Theory]
    [InlineData("a: 1\nb: ${{ env \"DECK_NOT_SET\" }}", "f.yaml:2:4: environment variable 'DECK_NOT_SET' present in the file is not set")]
    [InlineData("a: ${{ env \"HOME\" }}", "f.yaml:1:4: environment variables in the file must be prefixed with 'DECK_', found: 'HOME'")]
    [InlineData("a: ${{ env \"DECK_HOST\" | toInt }}", "f.yaml:1:4: the value of environment variable 'DECK_HOST' does not fit 'toInt'")]
    [InlineData("a: ${{ env \"DECK_HOST\" | toBool }}", "does not fit 'toBool'")]
    [InlineData("a: ${{ env \"DECK_HOST\" | toFloat }}", "does not fit 'toFloat'")]
    [InlineData("a: ${{ env \"DECK_HOST\" | upper }}", "is not understood")]
    [InlineData("a: ${{ exec \"rm\" }}", "is not understood")]
    [InlineData("a: ${{ env \"DECK_HOST\" }", "'${{' without '}}' on the same line")]
    public void Reports_what_it_cannot_fill_in(string text, string message)
    {
        var problem = Assert.Single(Fill(text).Problems);
        Assert.Contains(message, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("example.com", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_every_variable_that_is_not_set() =>
        Assert.Equal(3, Fill("${{ env \"DECK_1\" }} ${{ env \"DECK_2\" }}\n${{ env \"DECK_3\" }}").Problems.Length);
}
