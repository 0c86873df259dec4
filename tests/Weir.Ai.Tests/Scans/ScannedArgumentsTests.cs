using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class ScannedArgumentsTests
{
    [Theory]
    [InlineData("""{"a":"evil"}""", """{"a":"*"}""")]
    [InlineData("""{"a":"\u0065vil!"}""", """{"a":"*!"}""")]
    [InlineData("""{"a":"d\u0065\u0076il"}""", """{"a":"d\u0065\u0076il"}""")]
    [InlineData("""{"evil":1}""", """{"*":1}""")]
    [InlineData("""{"n":4111111111111111,"m":2}""", """{"n":"*","m":2}""")]
    [InlineData("""{"a":"x\ny\"z\\"}""", """{"a":"x\ny\"z\\"}""")]
    [InlineData("""{"k":"v:w"}""", """{"k":"v:w"}""")]
    [InlineData("""{"a":"line\nbreak"}""", """{"a":"*"}""")]
    [InlineData("""{"a":"\u00""", """{"a":"\u00""")]
    [InlineData("""{"a":"\""", """{"a":"\""")]
    [InlineData("evil", "\"*\"")]
    [InlineData("", "")]
    public void Sees_arguments_without_their_escapes_and_leaves_json_behind(string json, string expected)
    {
        Assert.Equal(expected, Cut(json, 1));
        Assert.Equal(expected, Cut(json, 1000));
    }

    [Fact]
    public void A_match_over_several_values_leaves_their_quotes_and_commas()
    {
        var scanner = new PatternScanner([new ScanRule("a\",\"b", "*")], 100, static _ => true);
        Assert.Equal("""["x*","*y"]""", Cut("""["xa","by"]""", 3, scanner));
    }

    [Fact]
    public void A_replacement_is_escaped()
    {
        var scanner = new PatternScanner([new ScanRule("evil", "a \"b\"")], 100, static _ => true);
        Assert.Equal("""{"a":"a \"b\""}""", Cut("""{"a":"evil"}""", 3, scanner));
    }

    [Fact]
    public void Any_json_stays_json_and_is_the_same_wherever_it_is_cut() => Prop.ForAll(
        Gen.Elements("evil", "e", "vil", "\"", "\\", "\n", "é", "\ud83d\ude00", "4111111111111111").ArrayOf().Select(string.Concat).ToArbitrary(),
        Gen.Choose(1, 7).ToArbitrary(),
        static (text, size) =>
        {
            var json = JsonSerializer.Serialize(new { text, number = 4111111111111111 });
            var once = Cut(json, json.Length);
            using var document = JsonDocument.Parse(once);
            return once == Cut(json, size) && !once.Contains("\"evil", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    static string Cut(string json, int size, PatternScanner? scanner = null)
    {
        scanner ??= new PatternScanner(
            [new ScanRule(@"\bevil", "*"), new ScanRule(@"line\sbreak", "*"), Recognizers.RuleOf(Recognizer.CreditCard, "*")], 100, static _ => true);
        var scanned = new ScannedText(scanner.Begin(default)!, scanner.HoldCharsMax, isJson: true);
        var passed = new StringBuilder();
        for (var at = 0; at < json.Length; at += size) passed.Append(scanned.Take(json.Substring(at, Math.Min(size, json.Length - at))));
        return passed.Append(scanned.Take("", isEnd: true)).ToString();
    }
}
