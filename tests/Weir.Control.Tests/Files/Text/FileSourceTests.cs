namespace Weir.Control.Tests.Files;

public sealed class FileSourceTests
{
    [Theory]
    [InlineData("kong.yaml", "a: 1\n  b: 2", "kong.yaml:2:")]
    [InlineData("kong.json", "{\"a\": }", "kong.json:1:7: not valid JSON")]
    [InlineData("-", "- a\n- b", "-:1:1: a map is expected, found a list")]
    [InlineData("kong.yaml", "", "kong.yaml:1:1: a map is expected, found null")]
    [InlineData("kong.yaml", "a: 1\na: 2", "kong.yaml:2:1: a: the key 'a' stands twice in the same map")]
    public void Says_where_a_file_is_broken(string name, string text, string expected) =>
        Assert.StartsWith(expected, Given.Problems(report => new FileSource(name, text).ReadMap(report))[0], StringComparison.Ordinal);

    [Fact]
    public void Reads_json_and_flow_yaml_that_looks_like_it()
    {
        Assert.Equal("1", Given.Read("-", "\t{\"a\":1}").Find("a").Scalar());
        Assert.Equal("1", Given.Read("-", "{a: 1,}").Find("a").Scalar());
    }

    [Fact]
    public void Reads_an_alias_as_nodes_of_their_own()
    {
        var root = Given.Map("a: &x {k: 1}\nb: *x");
        Assert.NotSame(root.Find("a"), root.Find("b"));
    }
}
