using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Server.Tests;

public sealed class FieldLinesTests
{
    [Fact]
    public void An_entity_is_shown_whole_with_its_changes_where_they_are()
    {
        string[] expected =
        [
            "-  \"gone\": 1,",
            "   \"list\": [",
            "     \"a\",",
            "-    \"b\",",
            "     \"c\",",
            "+    \"d\"",
            "   ],",
            "   \"same\": {",
            "     \"x\": null",
            "   },",
            "   \"sub\": {",
            "-    \"n\": 1",
            "+    \"n\": 2",
            "+    \"o\": []",
            "   }",
            "+  \"tags\": [",
            "+    \"t\"",
            "+  ]",
        ];
        Assert.Equal(string.Join('\n', expected), Text(
            """{"same":{"x":null},"gone":1,"list":["a","b","c"],"sub":{"n":1}}""",
            """{"same":{"x":null},"list":["a","c","d"],"sub":{"n":2,"o":[]},"tags":["t"]}"""));
    }

    [Fact]
    public void What_replaces_a_value_that_is_masked_was_one_too() =>
        Assert.Equal("-  \"host\": \"[masked]\"\n+  \"host\": \"[masked]\"",
            Text("""{"host":"old"}""", """{"host":"new"}""", static text => text == "new" ? "[masked]" : text));

    [Fact]
    public void Members_that_are_taken_out_and_put_in_lead_from_one_list_to_the_other()
    {
        var lists = ArbMap.Default.ArbFor<byte[]>().Filter(static list => list.Length < 12);
        Prop.ForAll(lists, lists, static (left, right) =>
        {
            var lines = FieldLines.Of(Record(left), Record(right), static text => text);
            var numbers = lines.Where(static line => int.TryParse(line.Text.Trim().TrimEnd(','), out _)).ToList();
            return Numbers(numbers, '+').SequenceEqual(left.Select(Small)) && Numbers(numbers, '-').SequenceEqual(right.Select(Small));
        }).QuickCheckThrowOnFailure();
    }

    static int Small(byte number) => number % 4;

    static JsonObject Record(byte[] list) => new() { ["list"] = new JsonArray([.. list.Select(static each => (JsonNode)Small(each))]) };

    /// <summary>The numbers of a list: all lines but those that the other list has alone.</summary>
    static IEnumerable<int> Numbers(IEnumerable<(char Sign, string Text)> lines, char without) =>
        lines.Where(line => line.Sign != without).Select(static line => int.Parse(line.Text.Trim().TrimEnd(','), CultureInfo.InvariantCulture));

    static string Text(string old, string next, Func<string, string>? mask = null) => string.Join('\n', FieldLines
        .Of(JsonNode.Parse(old)!.AsObject(), JsonNode.Parse(next)!.AsObject(), mask ?? (static text => text)).Select(static line => line.Sign + line.Text));
}
