using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class JsonPathTests
{
    public static TheoryData<string> Suite() => [.. File.ReadLines(Given.Path("jsonpath", "cts.jsonl"))];

    [Theory]
    [MemberData(nameof(Suite), DisableDiscoveryEnumeration = true)]
    public void Does_what_the_compliance_suite_asks(string line)
    {
        var test = JsonNodeOf(line);
        var selector = test.FindText("selector")!;
        var understood = JsonPath.TryParse(selector, out var path, out var problem);
        if (test.Find("invalid_selector").IsTrue())
        {
            Assert.False(understood, $"{test.FindText("name")}: {selector} is to be refused");
            Assert.NotEqual("", problem);
            return;
        }
        Assert.True(understood, $"{test.FindText("name")}: {selector}: {problem}");
        var chosen = Tree.List(path!.Select(test.Find("document")!));
        IReadOnlyList<Node> results = test.Find("results") is ListNode several ? several.Items : [test.Find("result")!];
        Assert.True(results.Any(result => Tree.SameData(result, chosen)), $"{test.FindText("name")}: {selector} chose\n{Given.Shown(chosen)}");
    }

    static MapNode JsonNodeOf(string line)
    {
        var report = new Report(1);
        var root = JsonText.Read("cts.json", line, new ReadLimits(), report);
        Assert.Empty(report.Problems());
        return (MapNode)Tree.Unshared(root!);
    }

    [Theory]
    [InlineData("$..services[*]", 2)]
    [InlineData("$.services[?@.name == 'a'].routes[*]", 2)]
    [InlineData("$..routes[?search(@.name, '^r[12]$')]", 2)]
    [InlineData("$.services[?@.routes].name", 1)]
    [InlineData("$..*[?@.tags[?@ == 'x']]", 1)]
    [InlineData("$.nothing[*]", 0)]
    public void Chooses_what_users_of_deck_ask_for(string selector, int count)
    {
        var root = Given.Map("""
            services:
            - name: a
              routes: [{name: r1}, {name: r2}]
            - {name: b, tags: [x]}
            """);
        Assert.True(JsonPath.TryParse(selector, out var path, out _));
        Assert.Equal(count, path.Select(root).Count);
    }

    [Theory]
    [InlineData("bad one", "a query begins with '$' at character 1, found 'b'")]
    [InlineData("$.services[", "at character 12, where it ends")]
    [InlineData("$.services[?@.name = 'a']", "at character 20, found '='")]
    [InlineData("$[?size(@.a) == 1]", "there is no function size()")]
    [InlineData("$[?@.* == 1]", "only a query for a single node can be compared")]
    public void Says_where_a_selector_is_wrong(string selector, string expected)
    {
        Assert.False(JsonPath.TryParse(selector, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_filters_that_are_nested_without_end() =>
        Assert.False(JsonPath.TryParse("$" + string.Concat(Enumerable.Repeat("[?@", 100_000)), out _, out _));
}
