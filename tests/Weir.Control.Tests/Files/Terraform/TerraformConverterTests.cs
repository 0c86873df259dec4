namespace Weir.Control.Tests.Files;

public sealed class TerraformConverterTests
{
    /// <summary>Every file with the resources that decK makes of it.</summary>
    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var expected in Directory.EnumerateFiles(Given.Path("kong2tf"), "*expected.tf").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(expected);
            var input = name.Replace("-output", "", StringComparison.Ordinal).Replace("-with-imports", "", StringComparison.Ordinal)
                .Replace("-expected.tf", "-input.yaml", StringComparison.Ordinal);
            if (File.Exists(Given.Path("kong2tf", input))) pairs.Add(input, name);
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Writes_what_deck_writes(string input, string expected)
    {
        var imports = expected.Contains("with-imports", StringComparison.Ordinal) ? "abc-123" : null;
        var made = Given.Clean(report => TerraformConverter.Convert(Given.Map(Given.File("kong2tf", input).Text), imports, imports is not null, report));
        Assert.Equal(Aligned(Given.File("kong2tf", expected).Text), Aligned(made));
    }

    // One of the expected files is formatted by hand in its first lines, and ends without a line.
    static string Aligned(string text) => text.Replace("type    =", "type =", StringComparison.Ordinal).TrimEnd();

    [Fact]
    public void Takes_every_pair_there_is() => Assert.Equal(22, Pairs().Count);

    [Fact]
    public void Imports_what_has_an_id()
    {
        var made = Given.Clean(report => TerraformConverter.Convert(Given.Map("services: [{id: s-1, name: a}]"), "cp", false, report));
        Assert.EndsWith("""
            import {
              to = konnect_gateway_service.a
              id = "{\"id\": \"s-1\", \"control_plane_id\": \"cp\"}"
            }


            """, made, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_two_things_two_names()
    {
        var made = Given.Clean(report => TerraformConverter.Convert(Given.Map("services: [{name: a.b}, {name: a-b}]"), null, false, report));
        Assert.Contains("\"a_b_2\"", made, StringComparison.Ordinal);
    }

    [Fact]
    public void Lets_no_text_become_an_expression() =>
        Assert.Equal("\"$${x} \\\"%%{y}\\\" \\\\\"", HclText.Quoted("${x} \"%{y}\" \\"));

    [Fact]
    public void Says_what_has_no_resource_and_what_has_no_name()
    {
        Assert.Equal(["kong.yaml:1:1: warning: key_sets: has no resource here and is left out"],
            Given.Problems(report => TerraformConverter.Convert(Given.Map("key_sets: []"), null, false, report)));
        Assert.Equal(["kong.yaml:1:12: name: the name is missing, which the resource is named by"],
            Given.Problems(report => TerraformConverter.Convert(Given.Map("services: [{host: h}]"), null, false, report)));
    }
}
