namespace Weir.House.Tests;

public sealed class SizesTests
{
    /// <summary>Also written to artifacts/test/sizes.txt, for whoever wants to see where the long rooms are.</summary>
    [Fact]
    public void No_file_or_method_is_over_the_cap()
    {
        var table = Sizes.Table([.. Tree.CSharp]);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        var folder = Directory.CreateDirectory(Path.Combine(Tree.Root, "artifacts", "test"));
        File.WriteAllText(Path.Combine(folder.FullName, "sizes.txt"), table);
        Finding.ExpectNone(Tree.CSharp.SelectMany(Sizes.Check));
    }

    [Fact]
    public void Counts_the_lines_of_a_file_and_of_its_methods()
    {
        var file = new SourceFile("src/A.cs", "class A\n{\n    // Not part of it.\n    void B()\n    {\n    }\n\n    int C => 1;\n}\n");
        Assert.Equal(9, Sizes.OfFile(file).Lines);
        Assert.Equal(new Sizes.Size("src/A.cs", 4, "B", 3), Assert.Single(Sizes.OfMethods(file)));
    }

    [Fact]
    public void Sees_a_file_over_the_cap()
    {
        Assert.Empty(Sizes.Check(new("src/A.cs", Blank(Sizes.FileLinesMax))));
        Assert.Contains("split by meaning", Assert.Single(Sizes.Check(new("src/A.cs", Blank(Sizes.FileLinesMax + 1)))).Message);
    }

    [Fact]
    public void Sees_a_method_over_the_cap()
    {
        Assert.Empty(Sizes.Check(Method(Sizes.MethodLinesMax)));
        var finding = Assert.Single(Sizes.Check(Method(Sizes.MethodLinesMax + 1)));
        Assert.Equal(2, finding.Line);
        Assert.Contains("B has", finding.Message);
    }

    [Fact]
    public void Lists_what_is_longer_than_asked_for()
    {
        var table = Sizes.Table([Method(Sizes.MethodLinesAsked + 1), new("src/Long.cs", Blank(Sizes.FileLinesAsked + 1))]);
        Assert.Contains("src/A.cs:2: B, 71 lines", table);
        Assert.Contains("src/Long.cs: 401 lines", table);
    }

    static string Blank(int lines) => new('\n', lines);

    static SourceFile Method(int lines) => new("src/A.cs", $"class A {{\nvoid B() {{{Blank(lines - 1)}}}\n}}\n");
}
