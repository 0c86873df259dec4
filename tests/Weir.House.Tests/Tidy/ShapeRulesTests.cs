namespace Weir.House.Tests;

public sealed class ShapeRulesTests
{
    [Fact]
    public void Namespaces_are_file_scoped_and_flat() =>
        Finding.ExpectNone(Tree.CSharp.SelectMany(static file => ShapeRules.CheckNamespace(file, ProjectOf(file))));

    [Fact]
    public void There_are_no_regions() => Finding.ExpectNone(Tree.CSharp.SelectMany(ShapeRules.CheckRegions));

    [Fact]
    public void No_comment_holds_code() => Finding.ExpectNone(Tree.CSharp.SelectMany(ShapeRules.CheckCommentedCode));

    [Theory]
    [InlineData("namespace Weir.Config { class A; }", "file-scoped")]
    [InlineData("namespace Weir.Config.Reading; class A;", "flat")]
    [InlineData("class A;", "outside a namespace")]
    public void Sees_a_namespace_out_of_shape(string source, string expected) =>
        Assert.Contains(expected, Assert.Single(ShapeRules.CheckNamespace(new("src/Weir.Config/A.cs", source), "Weir.Config")).Message);

    [Theory]
    [InlineData("Weir.Sdk", "namespace Weir; class A;")]
    [InlineData("Weir.Gateway", "namespace Weir.Gateway.Plugins; class A;")]
    [InlineData("Weir.Server", "return 0; class A;")]
    [InlineData("Weir.Config", "[assembly: System.CLSCompliant(false)]")]
    public void Accepts_the_namespaces_of_the_house(string project, string source) =>
        Assert.Empty(ShapeRules.CheckNamespace(new($"src/{project}/A.cs", source), project));

    [Fact]
    public void Tests_may_follow_their_folders()
    {
        var file = new SourceFile("tests/Weir.Config.Tests/Reading/A.cs", "namespace Weir.Config.Tests.Reading; class A;");
        Assert.Empty(ShapeRules.CheckNamespace(file, "Weir.Config.Tests"));
    }

    [Fact]
    public void Sees_a_region() => Assert.Equal(2, Assert.Single(ShapeRules.CheckRegions(new("src/A.cs", "class A {\n#region x\n#endregion\n}"))).Line);

    [Theory]
    [InlineData("// var x = 1;")]
    [InlineData("//x.Run(1);")]
    [InlineData("// return x + 1;")]
    [InlineData("// if (x) {")]
    [InlineData("// await x.RunAsync();")]
    public void Sees_code_in_a_comment(string comment) => Assert.Single(ShapeRules.CheckCommentedCode(new("src/A.cs", comment)));

    [Theory]
    [InlineData("// the head is complete;")]
    [InlineData("// that stands;")]
    [InlineData("// return early;")]
    [InlineData("// Kong answers 404 here: see RFC 9110 (15.5.5).")]
    [InlineData("// a = b")]
    [InlineData("/* x = 1; */")]
    public void Leaves_sentences_alone(string comment) => Assert.Empty(ShapeRules.CheckCommentedCode(new("src/A.cs", comment)));

    static string ProjectOf(SourceFile file) =>
        Tree.Projects.Where(project => file.IsUnder(Path.GetDirectoryName(project.Path)!))
            .OrderByDescending(static project => project.Path.Length)
            .Select(static project => Path.GetFileNameWithoutExtension(project.Path))
            .FirstOrDefault("");
}
