using Weir.Config;

namespace Weir.Server.Tests;

/// <summary>The YAML in the documents is read as a user's file would be.</summary>
public sealed class ExamplesInPagesTests
{
    const string Version = "_format_version: \"3.0\"\n";

    public static TheoryData<string> Pages =>
    [
        .. ReferencePages.All(Catalog.All).Select(static page => page.Path)
            .Where(static path => path is not ("plugins/README.md" or "reference/prices.md" or "reference/settings.md")),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_example_is_valid(string path)
    {
        var examples = Blocks(ReferencePages.All(Catalog.All).Single(page => page.Path == path).Text);
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            var text = example.Contains("_format_version", StringComparison.Ordinal) ? example : Version + example;
            var options = new ReadOptions { Plugins = Catalog.All.ToDictionary(static kind => kind.Name), ResolveSecrets = false };
            var read = DocumentReader.ReadText(path, text, options);
            Assert.True(read.Problems.Count == 0, $"{string.Join('\n', read.Problems)}\n{text}");
        }
    }

    static List<string> Blocks(string page)
    {
        var blocks = new List<string>();
        List<string>? block = null;
        foreach (var line in page.Split('\n'))
        {
            if (line == "```yaml") block = [];
            else if (line == "```" && block is not null)
            {
                blocks.Add(string.Join('\n', block) + "\n");
                block = null;
            }
            else block?.Add(line);
        }
        return blocks;
    }
}
