namespace Weir.House.Tests;

public sealed class LineRulesTests
{
    [Fact]
    public void Every_line_of_code_is_in_shape() => Finding.ExpectNone(Tree.Code.SelectMany(LineRules.Check));

    [Theory]
    [InlineData("int a;\tint b;\n", "tab")]
    [InlineData("int a; \n", "white space")]
    [InlineData("int a;\r\n", "CR LF")]
    [InlineData("int a;", "no line end")]
    public void Sees_a_line_out_of_shape(string text, string expected) =>
        Assert.Contains(expected, Assert.Single(LineRules.Check(new("src/A.cs", text))).Message);

    [Fact]
    public void Sees_a_line_that_is_one_column_too_long()
    {
        Assert.Empty(LineRules.Check(new("src/A.cs", new string('a', LineRules.ColumnsMax) + "\n")));
        var finding = Assert.Single(LineRules.Check(new("src/A.cs", "\n" + new string('a', LineRules.ColumnsMax + 1) + "\n")));
        Assert.Equal(2, finding.Line);
    }
}
