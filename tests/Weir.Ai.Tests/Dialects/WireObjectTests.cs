using System.Text;

namespace Weir.Ai.Tests;

public sealed class WireObjectTests
{
    [Theory]
    [InlineData("", "the body is not valid JSON")]
    [InlineData("{", "the body is not valid JSON")]
    [InlineData("[]", "the body must be a JSON object, not an array")]
    [InlineData("\"x\"", "the body must be a JSON object, not a string")]
    [InlineData("""{"a": 1, "a": 2}""", "the body is not valid JSON: Duplicate property 'a'")]
    public void Refuses_what_is_no_object(string json, string message)
    {
        var problems = new Problems();
        Assert.Null(WireObject.Parse(Encoding.UTF8.GetBytes(json), problems, out _));
        Assert.StartsWith(message, Assert.Single(problems.Found).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_every_field_of_another_type_with_its_place()
    {
        var problems = new Problems();
        var json = """{"t": 1, "f": "x", "n": "1", "i": 1.5, "o": [], "a": {}, "l": [{"t": true}, 7], "s": ["x", 2]}"""u8.ToArray();
        var read = WireObject.Parse(json, problems, out _)!;
        Assert.Null(read.Text("t"));
        Assert.Null(read.Flag("f"));
        Assert.Null(read.Number("n"));
        Assert.Null(read.Int("i"));
        Assert.Null(read.Object("o"));
        Assert.Null(read.Array("a"));
        foreach (var item in read.Objects("l")) Assert.Null(item.Text("t"));
        Assert.Equal(["x"], read.Texts("s"));
        Assert.Equal("", read.RequiredText("missing"));
        Assert.Equal(
            [
                ("t", "must be a string, not the number 1"),
                ("f", "must be true or false, not a string"),
                ("n", "must be a number, not a string"),
                ("i", "must be a whole number, not the number 1.5"),
                ("o", "must be an object, not an array"),
                ("a", "must be an array, not an object"),
                ("l[0].t", "must be a string, not true"),
                ("l[1]", "must be an object, not the number 7"),
                ("s[1]", "must be a string, not the number 2"),
                ("missing", "is required"),
            ],
            problems.Found);
    }

    [Fact]
    public void Refuses_bytes_that_are_no_text()
    {
        var problems = new Problems();
        Assert.Null(WireObject.Parse(new byte[] { (byte)'{', (byte)'"', 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, problems, out _));
        Assert.Equal("the body is not valid UTF-8", Assert.Single(problems.Found).Message);
    }

    [Fact]
    public void Takes_half_a_surrogate_pair_in_a_text_and_refuses_it_in_a_name()
    {
        var read = WireObject.Parse("""{"t": "\ude00", "l": ["\ud83d"]}"""u8.ToArray(), new Problems(), out _)!;
        Assert.Equal("\ude00", read.Text("t"));
        Assert.Equal(["\ud83d"], read.Texts("l"));
        var problems = new Problems();
        Assert.Null(WireObject.Parse("""{"\ud83d": 1}"""u8.ToArray(), problems, out _));
        Assert.EndsWith("the name of a field holds half a surrogate pair", Assert.Single(problems.Found).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_over_what_nobody_asked_for()
    {
        var read = WireObject.Parse("""{"model": "m", "x": {"a": 1.50}, "n": null, "y": [1]}"""u8.ToArray(), new Problems(), out _)!;
        Assert.Equal("m", read.Text("model"));
        Assert.Null(read.Text("n"));
        Assert.Equal([new Extra("x", JsonText.Of("""{"a": 1.50}""")), new Extra("y", JsonText.Of("[1]"))], read.Rest());
    }
}
