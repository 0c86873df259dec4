using Weir.Gateway.Plugins;

namespace Weir.Server.Tests;

public sealed class ReferencePagesTests
{
    static readonly string Root = FindRoot();

    [Fact]
    public void Checked_in_pages_are_what_the_records_say()
    {
        var stale = ReferencePages.All(Catalog.All).Where(static page => Read("docs/" + page.Path) != page.Text).Select(static page => page.Path).ToList();
        Assert.True(stale.Count == 0, $"docs/ is stale: {string.Join(", ", stale)}. Run: ./weir docs docs");
    }

    [Fact]
    public void There_is_no_page_of_a_plugin_that_is_gone()
    {
        var known = ReferencePages.All(Catalog.All).Select(static page => Path.GetFileName(page.Path)).ToHashSet();
        var pages = Directory.GetFiles(Path.Combine(Root, "docs/plugins")).Select(static path => Path.GetFileName(path)!);
        Assert.DoesNotContain(pages, page => !known.Contains(page));
    }

    [Fact]
    public void Every_plugin_has_a_written_part_with_an_example_and_a_table_of_all_its_fields()
    {
        var poor = ReferencePages.All(Catalog.All)
            .Where(static page => page.Path.StartsWith("plugins/", StringComparison.Ordinal) && page.Path != "plugins/README.md")
            .Where(static page => !page.Text.Contains("```yaml", StringComparison.Ordinal) || !page.Text.Contains("## Settings", StringComparison.Ordinal))
            .Select(static page => page.Path).ToList();
        Assert.True(poor.Count == 0, $"{string.Join(", ", poor)}: write <Plugin>.md, with an example in YAML, beside the plugin's class");
    }

    [Fact]
    public void A_page_says_where_the_plugin_stands()
    {
        var page = ReferencePages.All(Catalog.All).Single(static page => page.Path == "plugins/key-auth.md").Text;
        Assert.StartsWith("# key-auth\n\n", page);
        Assert.Contains(KeyAuth.Summary, page);
        Assert.Contains("| `key_names` |", page);
        Assert.Contains("May be attached to: everything (global), service, route.", page);
        Assert.Contains("after [cors](cors.md), before [basic-auth](basic-auth.md)", page);
    }

    [Fact]
    public void The_example_of_the_guide_is_the_library_that_is_tested()
    {
        var source = Read("tests/Weir.SamplePlugin/Sunset.cs");
        Assert.True(source.Split('\n').Length <= 60, "the example has 60 lines or more");
        Assert.True(Read("docs/writing-a-plugin.md").Contains($"```csharp\n{source}```\n", StringComparison.Ordinal),
            "docs/writing-a-plugin.md does not hold tests/Weir.SamplePlugin/Sunset.cs as it is");
    }

    [Fact]
    public void The_readme_shows_what_a_first_run_says_to_try()
    {
        var readme = Read("README.md");
        var lines = QuickStart.Hints("http://localhost:8000").Split('\n').Where(static line => line.Contains("curl", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Contains(line, readme));
    }

    static string Read(string path) => File.Exists(Path.Combine(Root, path)) ? File.ReadAllText(Path.Combine(Root, path)) : "";

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Weir.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"no Weir.slnx above {AppContext.BaseDirectory}");
    }
}
