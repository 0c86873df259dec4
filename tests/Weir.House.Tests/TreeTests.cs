namespace Weir.House.Tests;

public sealed class TreeTests
{
    [Fact]
    public void Finds_the_sources_of_the_house()
    {
        Assert.Contains("src/Weir.Sdk/Weir.Sdk.csproj", Tree.Paths);
        Assert.Contains(Tree.CSharp, static file => file.Path == "tests/Weir.House.Tests/TreeTests.cs");
        Assert.Contains(Tree.Code, static file => file.Path == "test");
        Assert.DoesNotContain(Tree.Paths, static path => path.StartsWith("artifacts/", StringComparison.Ordinal));
    }
}
