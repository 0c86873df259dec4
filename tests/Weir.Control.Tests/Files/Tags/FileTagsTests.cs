namespace Weir.Control.Tests.Files;

public sealed class FileTagsTests
{
    static readonly SelectorSet Any = SelectorSet.Of("$..anykey[*]");
    const string State = "anykey: [{name: a, tags: [t1, t2]}, {name: b, tags: [t2, t3]}, {name: c, tags: [t3, t1]}, text]";

    [Fact]
    public void Adds_tags_behind_those_that_are_there() => Given.Same("anykey: [{tags: [x, y]}, {tags: [t1, x, y]}, {tags: [y, x]}]",
        FileTags.Add(Given.Map("anykey: [{}, {tags: [t1]}, {tags: [y]}]"), Any, ["x", "y"]));

    [Theory]
    [InlineData("t2", false, false, "anykey: [{name: a, tags: [t1]}, {name: b, tags: [t3]}, {name: c, tags: [t3, t1]}, text]")]
    [InlineData("t2 t3", false, false, "anykey: [{name: a, tags: [t1]}, {name: b}, {name: c, tags: [t1]}, text]")]
    [InlineData("t2 t3", false, true, "anykey: [{name: a, tags: [t1]}, {name: b, tags: []}, {name: c, tags: [t1]}, text]")]
    [InlineData("t1", true, false, "anykey: [{name: a, tags: [t1]}, {name: b}, {name: c, tags: [t1]}, text]")]
    [InlineData("t1", true, true, "anykey: [{name: a, tags: [t1]}, {name: b, tags: []}, {name: c, tags: [t1]}, text]")]
    public void Removes_tags_or_keeps_only_them(string tags, bool keepOnly, bool keepEmpty, string expected) =>
        Given.Same(expected, FileTags.Remove(Given.Map(State), Any, tags.Split(' '), keepOnly, keepEmpty));

    [Fact]
    public void Lists_tags_sorted_and_once() => Assert.Equal(["t1", "t2", "t3"], FileTags.List(Given.Map(State), Any));

    [Fact]
    public void Finds_entities_and_nothing_else_by_itself()
    {
        var tagged = FileTags.Add(Given.Map("""
            anykey: [{name: a}]
            services: [{name: s, plugins: [{name: p, config: {services: [{}]}}], routes: [{plugins: [{name: q}]}]}]
            consumers: [{username: c, keyauth_credentials: [{key: k}], acls: [{group: g}]}]
            upstreams: [{targets: [{target: t}]}]
            """), EntityPaths.Tagged, ["x"]);
        Given.Same("""
            anykey: [{name: a}]
            services: [{name: s, tags: [x], plugins: [{name: p, tags: [x], config: {services: [{}]}}], routes: [{tags: [x], plugins: [{name: q, tags: [x]}]}]}]
            consumers: [{username: c, tags: [x], keyauth_credentials: [{key: k, tags: [x]}], acls: [{group: g, tags: [x]}]}]
            upstreams: [{tags: [x], targets: [{target: t, tags: [x]}]}]
            """, tagged);
    }
}
