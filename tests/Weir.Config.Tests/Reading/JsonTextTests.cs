namespace Weir.Config.Tests;

public sealed class JsonTextTests
{
    static (Node? Node, string[] Problems) Read(string text, ReadLimits? limits = null)
    {
        var report = new Report(100);
        var node = JsonText.Read("f.json", text, limits ?? new ReadLimits(), report);
        return (node, [.. report.Problems().Select(problem => problem.ToString())]);
    }

    [Fact]
    public void Gives_every_node_its_line_and_column()
    {
        var map = Assert.IsType<MapNode>(Read("{\n  \"a\": [1,\n    \"x\"]\n}").Node);
        var list = Assert.IsType<ListNode>(map.Find("a"));
        Assert.Equal(new Place("f.json", 2, 8), list.Place);
        Assert.Equal(new Place("f.json", 3, 5), list.Items[1].Place);
    }

    [Fact]
    public void Words_are_not_numbers_or_booleans()
    {
        var map = Assert.IsType<MapNode>(Read("""{"a": "1", "b": "yes", "c": 1.0, "d": null, "e": "\u00e9\n"}""").Node);
        Assert.Equal(
            [ScalarKind.Text, ScalarKind.Text, ScalarKind.Number, ScalarKind.Null, ScalarKind.Text],
            map.Entries.Select(entry => ((ScalarNode)entry.Value).Kind));
        Assert.Equal("é\n", map.FindText("e"));
    }

    [Theory]
    [InlineData("{\"a\": 1,}", "f.json:1:9: not valid JSON")]
    [InlineData("{\n\"a\": tru\n}", "f.json:2:")]
    [InlineData("", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("{\"a\": 1, \"a\": 2}", "f.json:1:10: a: the key 'a' stands twice in the same object")]
    [InlineData("// no comments\n{}", "not valid JSON")]
    [InlineData("{\"a\": \"\\ud800\"}", "not valid JSON")]
    public void Refuses_what_it_cannot_read_and_says_where(string text, string message) =>
        Assert.Contains(Read(text).Problems, problem => problem.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Refuses_nesting_deeper_than_the_limit() =>
        Assert.Contains("not valid JSON", Assert.Single(Read(new string('[', 100_000)).Problems), StringComparison.Ordinal);

    [Fact]
    public void Refuses_more_nodes_than_the_limit() =>
        Assert.Contains("more than 5 nodes", Assert.Single(Read("[1, 2, 3, 4, 5]", new ReadLimits { NodesMax = 5 }).Problems), StringComparison.Ordinal);
}
