namespace Weir.Config.Tests;

public sealed class YamlTextTests
{
    static readonly ReadLimits Limits = new();

    static (Node? Node, string[] Problems) Read(string text, ReadLimits? limits = null)
    {
        var report = new Report(100);
        var node = YamlText.Read("f.yaml", text, limits ?? Limits, report);
        return (node, [.. report.Problems().Select(problem => problem.ToString())]);
    }

    [Theory]
    [InlineData("~", "Null")]
    [InlineData("null", "Null")]
    [InlineData("true", "Boolean")]
    [InlineData("False", "Boolean")]
    [InlineData("yes", "Text")]
    [InlineData("off", "Text")]
    [InlineData("12", "Integer")]
    [InlineData("-12", "Integer")]
    [InlineData("0x1F", "Integer")]
    [InlineData("0o17", "Integer")]
    [InlineData("1.5", "Number")]
    [InlineData("1e3", "Number")]
    [InlineData(".5", "Number")]
    [InlineData(".inf", "Number")]
    [InlineData("1.2.3", "Text")]
    [InlineData("0x", "Text")]
    [InlineData("-", "Text")]
    [InlineData("1e", "Text")]
    [InlineData("10.0.0.1", "Text")]
    [InlineData("'12'", "Text")]
    [InlineData("\"true\"", "Text")]
    [InlineData("!!str 12", "Text")]
    public void Types_plain_scalars_by_the_core_schema(string scalar, string kind)
    {
        var map = Assert.IsType<MapNode>(Read($"a: {(scalar == "-" ? "'-'" : scalar)}").Node);
        Assert.Equal(kind, Assert.IsType<ScalarNode>(map.Find("a")).Kind.ToString());
    }

    [Fact]
    public void Gives_every_node_its_line_and_column()
    {
        var map = Assert.IsType<MapNode>(Read("a:\n  - b: 1\n    c: x\n").Node);
        var list = Assert.IsType<ListNode>(map.Find("a"));
        var inner = Assert.IsType<MapNode>(list.Items[0]);
        Assert.Equal(new Place("f.yaml", 2, 5), inner.Place);
        Assert.Equal(new Place("f.yaml", 3, 8), inner.Find("c")!.Place);
        Assert.Equal(new Place("f.yaml", 3, 5), inner.Entries[1].KeyPlace);
    }

    [Fact]
    public void Follows_aliases_and_merge_keys()
    {
        var map = Assert.IsType<MapNode>(Read("""
            base: &base {a: 1, b: 2}
            more: &more {b: 3, c: 4}
            one: {<<: *base, b: 9}
            two: {<<: [*base, *more]}
            three: *base
            """).Node);
        Assert.Equal("9", ((ScalarNode)((MapNode)map.Find("one")!).Find("b")!).Text);
        Assert.Equal("1", ((ScalarNode)((MapNode)map.Find("one")!).Find("a")!).Text);
        Assert.Equal(["a", "b", "c"], ((MapNode)map.Find("two")!).Entries.Select(entry => entry.Key));
        Assert.Equal("2", ((ScalarNode)((MapNode)map.Find("two")!).Find("b")!).Text);
        Assert.Same(map.Find("base"), map.Find("three"));
    }

    [Theory]
    [InlineData("a: [1, 2", "not valid YAML")]
    [InlineData("a: *nobody", "the alias *nobody has no anchor before it")]
    [InlineData("a: &x [*x]", "the alias *x has no anchor before it")]
    [InlineData("a: 1\n---\nb: 2\n", "one YAML document per file is expected")]
    [InlineData("a: 1\na: 2\n", "f.yaml:2:1: a: the key 'a' stands twice in the same map")]
    [InlineData("{[a]: 1}", "a key must be a plain text")]
    [InlineData("a: !thing 1", "the YAML tag !thing is not supported")]
    [InlineData("a: {<<: 1}", "a merge key '<<' takes a map or a list of maps")]
    [InlineData("a: \"\\q\"", "not valid YAML")]
    public void Refuses_what_it_cannot_read_and_says_why(string text, string message) =>
        Assert.Contains(Read(text).Problems, problem => problem.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Refuses_a_billion_laughs()
    {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n";
        for (var c = 'b'; c <= 'k'; c++)
            text += $"{c}: &{c} [{string.Join(", ", Enumerable.Repeat($"*{(char)(c - 1)}", 9))}]\n";
        Assert.Contains("aliases and merge keys stand for more than 1000000 nodes", Assert.Single(Read(text).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_nest_no_deeper_than_a_file_may()
    {
        var text = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        Assert.Contains("nested deeper than 64 levels", Assert.Single(Read(text).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_nesting_deeper_than_the_limit()
    {
        var text = new string('[', 100_000);
        Assert.Contains("nested deeper than 64 levels", Assert.Single(Read(text).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_more_nodes_than_the_limit() =>
        Assert.Contains("more than 5 nodes", Assert.Single(Read("[1, 2, 3, 4, 5]", new ReadLimits { NodesMax = 5 }).Problems), StringComparison.Ordinal);

    [Fact]
    public void Finds_a_repeated_key_in_a_large_map()
    {
        var text = string.Join('\n', Enumerable.Range(0, 50).Select(i => $"k{i}: {i}")) + "\nk7: again\n";
        Assert.Equal("f.yaml:51:1: k7: the key 'k7' stands twice in the same map", Assert.Single(Read(text).Problems));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    public void An_empty_file_is_no_problem(string text) => Assert.Empty(Read(text).Problems);
}
