namespace Weir.House.Tests;

public sealed class LayeringTests
{
    [Fact]
    public void References_run_downwards_only() =>
        Finding.ExpectNone(Tree.Projects.Where(static file => file.IsUnder("src")).SelectMany(ProjectGraph.Check));

    [Fact]
    public void Config_knows_neither_aspnet_nor_the_network() =>
        Finding.ExpectNone(Tree.CSharp.Where(static file => file.IsUnder("src/Weir.Config")).SelectMany(ConfigPurity.Check));

    [Theory]
    [InlineData("Weir.Sdk", "Weir.Config")]
    [InlineData("Weir.Config", "Weir.Gateway")]
    [InlineData("Weir.Limits", "Weir.Identity")]
    [InlineData("Weir.Gateway", "Weir.Ai")]
    [InlineData("Weir.Mesh", "Weir.Control")]
    [InlineData("Weir.Gateway", "Weir.Server")]
    public void Refuses_a_reference_upwards_or_sideways(string from, string to)
    {
        var finding = Assert.Single(ProjectGraph.Check(Project(from, $"<ProjectReference Include=\"..\\{to}\\{to}.csproj\" />")));
        Assert.Contains($"{from} must not reference {to}", finding.Message);
    }

    [Theory]
    [InlineData("Weir.Config", "Weir.Sdk")]
    [InlineData("Weir.Gateway", "Weir.Limits")]
    [InlineData("Weir.Ai", "Weir.Language")]
    [InlineData("Weir.Server", "Weir.Mesh")]
    public void Accepts_a_reference_downwards(string from, string to) =>
        Assert.Empty(ProjectGraph.Check(Project(from, $"<ProjectReference Include=\"../{to}/{to}.csproj\" />")));

    [Fact]
    public void Refuses_a_project_that_the_layering_does_not_know() =>
        Assert.Contains("no place in the layering", Assert.Single(ProjectGraph.Check(Project("Weir.Extras", ""))).Message);

    [Theory]
    [InlineData("Weir.Gateway", "Weir.Ai", 1)]
    [InlineData("Weir.Gateway", "Weir.Config", 1)]
    [InlineData("Weir.Gateway", "weir", 0)]
    [InlineData("Weir.Gateway", "Weir.Gateway.Tests", 0)]
    public void Shows_internals_upwards_only(string from, string to, int findings) =>
        Assert.Equal(findings, ProjectGraph.Check(Project(from, $"<InternalsVisibleTo Include=\"{to}\" />")).Count());

    [Theory]
    [InlineData("using Microsoft.AspNetCore.Http;")]
    [InlineData("class A { global::Microsoft.AspNetCore.Http.HttpContext? c; }")]
    [InlineData("using System.Net.Http;")]
    [InlineData("class A { object b = new System.Net.Sockets.Socket(0, 0, 0); }")]
    [InlineData("class A { object b = System.Net.Dns.GetHostName(); }")]
    public void Sees_a_closed_namespace_in_config(string source) => Assert.Single(ConfigPurity.Check(new("src/Weir.Config/A.cs", source)));

    [Theory]
    [InlineData("using System.Net.Sockets; class A { AddressFamily b; }")]
    [InlineData("// Microsoft.AspNetCore.Http would not be allowed\nclass A;")]
    public void Leaves_other_namespaces_of_config_alone(string source) => Assert.Empty(ConfigPurity.Check(new("src/Weir.Config/A.cs", source)));

    static SourceFile Project(string name, string item) =>
        new($"src/{name}/{name}.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{item}</ItemGroup></Project>");
}
