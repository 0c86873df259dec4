using FsCheck;
using FsCheck.Fluent;
using Weir.Config;

namespace Weir.Control.Tests.Files;

public sealed class DeckYamlTests
{
    [Fact]
    public void Writes_lists_under_their_keys_and_keys_in_order() => Assert.Equal("""
        _format_version: "3.0"
        services:
        - name: a
          routes:
          - paths:
            - ~/x$
            - /y
          tags: []
        - name: b
          plugins:
          - - 1
            - null
          url: ""

        """, FileWriter.Write(Given.Map("""
        services:
        - routes: [{paths: [~/x$, /y]}]
          name: a
          tags: []
        - {name: b, url: "", plugins: [[1, null]]}
        _format_version: "3.0"
        """), FileFormat.Yaml));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("true", "\"true\"")]
    [InlineData("3.0", "\"3.0\"")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("12:30:45", "\"12:30:45\"")]
    [InlineData("2024-01-31", "\"2024-01-31\"")]
    [InlineData("a: b", "'a: b'")]
    [InlineData("it's", "it's")]
    [InlineData("'quoted'", "'''quoted'''")]
    [InlineData("#comment", "'#comment'")]
    [InlineData("tab\there", "\"tab\\there\"")]
    [InlineData("one\ntwo", "|-\n  one\n  two")]
    [InlineData("one\ntwo\n", "|\n  one\n  two")]
    [InlineData("${{ env \"DECK_X\" }}", "'${{ env \"DECK_X\" }}'")]
    public void Quotes_only_what_would_be_read_as_something_else(string text, string expected) =>
        Assert.Equal($"k: {expected}\n", DeckYaml.Write(Tree.Map(("k", Tree.Text(text)))));

    [Fact]
    public void Writes_what_reads_as_the_same_text()
    {
        var pieces = Gen.Elements("a", "B", "1", "0x", ":", " ", "\n",
            "#", "- ", "'", "\"", "\\", "{", "}", "[", "&", "*", "!", "|", ">", "%", "@", "`", "\t", "é", "😀",
            "\u2028", "\u0085", "~", "null", "true", "=", "${{ env }}", "---", "?", ",", "\r", "\0", "\u007f");
        var texts = pieces.ListOf().Select(static list => string.Concat(list));
        Prop.ForAll(texts.ToArbitrary(), static text =>
        {
            var root = Tree.Map(("k" + text.Replace("${{", "", StringComparison.Ordinal), Tree.List(Tree.Text(text), Tree.Map(("x", Tree.Text(text))))));
            var written = FileWriter.Write(root, FileFormat.Yaml);
            var report = new Report(1);
            var read = new FileSource("kong.yaml", written).ReadMap(report);
            return (read is not null && Tree.SameData(root, read)).Label(System.Text.Json.JsonSerializer.Serialize(text) + " written as\n" + written);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void Keeps_expressions_of_environment_variables_as_they_were_written() => Assert.Equal("""
        host: ${{ env "DECK_HOST" }}
        port: '${{ env "DECK_PORT" | toInt }}'
        url: 'http://${{ env "DECK_HOST" }}/'

        """, FileWriter.Write(Given.Map("""
        # ${{ not read }}
        port: "${{ env "DECK_PORT" | toInt }}"
        host: ${{ env "DECK_HOST" }}
        url: "http://${{ env "DECK_HOST" }}/"
        """), FileFormat.Yaml));

    [Fact]
    public void Keeps_places_behind_an_expression() => Assert.Equal(
        ["a.yaml:1:30: a map is expected, found the text \"x\""],
        Given.Problems(report =>
        {
            var root = new FileSource("a.yaml", "{k: ${{ env \"DECK_LONG\" }}, v: x}").ReadMap(report)!;
            report.Error(root.Find("v")!.Place with { Column = root.Find("v")!.Place.Column - 2 }, "a map is expected, found " + root.Find("v")!.Describe());
        }));

    [Fact]
    public void Writes_json_with_sorted_keys() =>
        Assert.Equal("{\n  \"a\": [\n    1,\n    \"<é>\"\n  ],\n  \"b\": null\n}\n", FileWriter.Write(Given.Map("{b: null, a: [1, <é>]}"), FileFormat.Json));
}
