namespace Weir.House.Tests;

public sealed class NamedPathsTests
{
    [Fact]
    public void Every_path_that_a_document_names_exists() =>
        Finding.ExpectNone(Tree.Texts.Where(NamedPaths.Applies).SelectMany(static file => NamedPaths.Check(file, Tree.Exists)));

    [Theory]
    [InlineData("docs/a.md", "[x](b.md)", "docs/b.md")]
    [InlineData("docs/plugins/a.md", "[x](../operations.md#limits)", "docs/operations.md")]
    [InlineData("README.md", "read `src/Weir.Gateway/Pipeline/` first", "src/Weir.Gateway/Pipeline")]
    [InlineData("README.md", "run `./bench/Load/run`", "bench/Load/run")]
    [InlineData("README.md", "at `src/A.cs:12`", "src/A.cs")]
    public void Sees_a_path_that_does_not_exist(string path, string text, string missing)
    {
        string? asked = null;
        Assert.Single(NamedPaths.Check(new(path, text), target => { asked = target; return false; }));
        Assert.Equal(missing, asked);
    }

    [Theory]
    [InlineData("[x](https://example.com/a)")]
    [InlineData("[x](#below)")]
    [InlineData("`src/Weir.Gateway/Plugins/<Family>/<Plugin>/`")]
    [InlineData("`tests/*.Tests`")]
    [InlineData("`/anything`")]
    public void Leaves_addresses_and_placeholders_alone(string text) => Assert.Empty(NamedPaths.Check(new("README.md", text), static _ => false));

    [Fact]
    public void A_proposal_may_name_what_is_not_there_yet()
    {
        Assert.False(NamedPaths.Applies(new("docs/design/2026-11-20-data-path.md", "")));
        Assert.True(NamedPaths.Applies(new("docs/operations.md", "")));
    }
}
