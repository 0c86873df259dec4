using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class FileMergerTests
{
    const string Two = "_format_version: \"3.1\"\nservices:\n- {name: file2-service-1, url: http://example.com}\n"
        + "- {name: file2-service-2, url: https://example.org}\n"
        + "routes:\n- {name: file2-route-1, hosts: [hello.com]}\n";
    static readonly string Three = Two.Replace("file2", "file3", StringComparison.Ordinal).Replace("3.1", "3.0", StringComparison.Ordinal);

    static MapNode? Merge(Report report, params FileSource[] files) =>
        FileMerger.Merge(files, static name => name == "DECK_FORMAT_VERSION" ? "3.0" : null, report);

    [Fact]
    public void Appends_lists_in_the_order_of_files_and_takes_the_highest_minor_version()
    {
        var merged = Given.Clean(report => Merge(report, new("file3.yml", Three), new("file2.yml", Two), Given.File("merge", "file1.yml")));
        Given.Same(Given.Map(Given.File("merge", "test2_expected.json").Text), merged);
        Assert.Equal(Given.Shown(Given.Map(Given.File("merge", "test2_expected.json").Text)), Given.Shown(merged));
    }

    [Theory]
    [InlineData("file5.yml", "test3_expected.json")]
    [InlineData("file7.yml", "test4_expected.json")]
    public void Keeps_expressions_and_reads_that_of_the_version(string last, string expected)
    {
        var other = Given.File("merge", "file5.yml").Text.Replace("svc2", "svc1", StringComparison.Ordinal);
        var merged = Given.Clean(report => Merge(report, new("one.yml", other), Given.File("merge", last)));
        Given.Same(Given.Map(Given.File("merge", expected).Text), merged);
    }

    [Fact]
    public void Refuses_major_versions_that_differ() => Assert.Equal(
        ["badversion.yml:2:18: _format_version: major versions are incompatible: 3.0 of file1.yml and 1.0"],
        Given.Problems(report => Merge(report, Given.File("merge", "file1.yml"), Given.File("merge", "badversion.yml"))));

    [Fact]
    public void Refuses_variables_of_other_names_in_the_version() => Assert.Equal(
        ["badenvvar.yml:2:18: _format_version: environment variables in the file must be prefixed with 'DECK_', found: 'FORMAT_VERSION'"],
        Given.Problems(report => Merge(report, Given.File("merge", "badenvvar.yml"))));

    [Fact]
    public void Refuses_files_of_which_one_is_not_transformed() => Assert.Equal(
        ["b.yml:1:13: _transform: files with '_transform: true' (the default) and '_transform: false' are not compatible"],
        Given.Problems(report => Merge(report, new("a.yml", "_format_version: \"3.0\""), new("b.yml", "_transform: false"))));

    [Theory]
    [InlineData("_format_version: 3.0", "a.yml:1:18: _format_version: a text is expected, as in \"3.0\", found the number 3.0")]
    [InlineData("_format_version: three", "a.yml:1:18: _format_version: two numbers are expected, as in \"3.0\", found \"three\"")]
    public void Refuses_versions_of_another_form(string text, string expected) =>
        Assert.Equal([expected], Given.Problems(report => Merge(report, new FileSource("a.yml", text))));

    [Fact]
    public void Reports_every_file_that_is_broken() =>
        Assert.Equal(2, Given.Problems(report => Merge(report, new("a.yml", "- 1"), new("b.yml", "x: ["))).Count);

    [Fact]
    public void Warns_of_workspaces_that_differ() => Assert.Equal(
        ["b.yml:1:13: warning: _workspace: differs from a.yml:1:13; the last one counts"],
        Given.Problems(report => Merge(report, new("a.yml", "_workspace: one"), new("b.yml", "_workspace: two"))));
}
