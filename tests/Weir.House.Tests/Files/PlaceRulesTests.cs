namespace Weir.House.Tests;

public sealed class PlaceRulesTests
{
    static SourceFile Solution => Tree.Texts.Single(static file => file.Path == "Weir.slnx");

    [Fact]
    public void The_root_holds_only_what_belongs_there() => Finding.ExpectNone(PlaceRules.CheckRoot(Tree.Paths));

    [Fact]
    public void There_are_no_binaries() =>
        Finding.ExpectNone(Tree.Paths.SelectMany(static path => PlaceRules.CheckBinary(path, Tree.Bytes(path))));

    [Fact]
    public void The_solution_names_every_project() =>
        Finding.ExpectNone(PlaceRules.CheckSolution(Solution, Tree.Projects.Select(static file => file.Path)));

    [Fact]
    public void Sees_a_stray_file_in_the_root()
    {
        var findings = PlaceRules.CheckRoot(["README.md", "src/A.cs", "notes.txt", "scratch/a", "scratch/b"]).ToList();
        Assert.Equal(["notes.txt", "scratch"], findings.Select(static finding => finding.Path));
        Assert.Contains("no place in the root", findings[0].Message);
    }

    [Theory]
    [InlineData(new byte[] { 65, 0, 66 }, 1)]
    [InlineData(new byte[] { 0xc3, 0xa4, 10 }, 0)]
    public void Sees_a_binary(byte[] bytes, int findings) => Assert.Equal(findings, PlaceRules.CheckBinary("docs/a", bytes).Count());

    [Fact]
    public void Sees_a_project_outside_the_solution_and_a_name_without_a_project()
    {
        var solution = new SourceFile("Weir.slnx", "<Solution><Project Path=\"src/A/A.csproj\" /><Project Path=\"src/Gone/Gone.csproj\" /></Solution>");
        var findings = PlaceRules.CheckSolution(solution, ["src/A/A.csproj", "src/B/B.csproj"]);
        Assert.Equal(["src/B/B.csproj", "Weir.slnx"], findings.Select(static finding => finding.Path));
    }
}
