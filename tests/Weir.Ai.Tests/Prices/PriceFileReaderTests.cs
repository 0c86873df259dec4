using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

public sealed class PriceFileReaderTests
{
    const string Good = """{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1", "output": "2"}""";

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "a JSON object is expected, found a list")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{}", "format: required field missing")]
    [InlineData("""{"format": "weir-prices/2", "version": "1", "currency": "USD", "entries": []}""", "format: expected one of: weir-prices/1")]
    [InlineData("""{"format": "weir-prices/1", "version": "1", "currency": "Dollar", "entries": []}""", "currency: length must be at most 3")]
    [InlineData("""{"format": "weir-prices/1", "version": "1", "version": "2", "currency": "USD", "entries": []}""", "stands twice")]
    public void Refuses_a_file_that_is_none(string text, string message) => AssertProblem(text, message);

    [Theory]
    [InlineData("""{"models": ["m"], "from": "2026-01-01", "input": "1"}""", "entries[0].provider: required field missing")]
    [InlineData("""{"provider": "p", "models": [], "from": "2026-01-01", "input": "1"}""", "entries[0].models")]
    [InlineData("""{"provider": "p", "models": "m", "from": "2026-01-01", "input": "1"}""", "entries[0].models: expected an array")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01"}""", "entries[0]: at least one of")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": 2.5}""", "entries[0].input: expected a string")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "$2"}""", "entries[0].input: expected a decimal")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "-1"}""", "entries[0].input: expected a decimal")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "10000.1"}""", "entries[0].input: must be at most 10000")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "cache_write_5m": "x", "input": "1"}""", "entries[0].cache_write_5m")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-02-30", "input": "1"}""", "entries[0].from: expected a day")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "01/02/2026", "input": "1"}""", "entries[0].from: expected a day")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-02", "until": "2026-01-02", "input": "1"}""", "entries[0].until: must be later")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "inputs": "1"}""", "entries[0].inputs: unknown field")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1", "service_tiers": {"flex": "half"}}""",
        "service_tiers.flex: expected a decimal")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1", "context_tiers": [{"above": 0, "input_factor": "2"}]}""", "above")]
    [InlineData("""{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1", "context_tiers": [{"above": 5}]}""", "either factors or prices")]
    [InlineData("""
        {"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1",
         "context_tiers": [{"above": 5, "input": "1", "input_factor": "1"}]}
        """, "either factors or prices")]
    [InlineData("""
        {"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1",
         "context_tiers": [{"above": 5, "input": "1"}, {"above": 5, "input": "2"}]}
        """, "two tiers begin above 5")]
    [InlineData("""
        {"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1", "service_tiers": {"x": "11"},
         "context_tiers": [{"above": 5, "input_factor": "10"}]}
        """, "together more than 100")]
    public void Refuses_an_entry_and_says_where(string entry, string message) => AssertProblem(PriceSamples.File(entry), message);

    [Fact]
    public void Refuses_two_prices_of_a_model_from_the_same_day() =>
        AssertProblem(PriceSamples.File(Good, Good.Replace("\"m\"", "\"x\", \"M\"", StringComparison.Ordinal)), "entries[1].models[1]: 'M' of p has prices");

    [Fact]
    public void Reports_all_problems_with_their_lines()
    {
        var (layer, problems) = PriceFileReader.Read("p.json", PriceSamples.File(
            """{"provider": "p", "models": ["a"], "from": "never", "input": "x"}""",
            Good,
            """{"provider": "p", "models": ["b"], "from": "2026-01-01", "input": "y"}"""));
        Assert.Null(layer);
        Assert.Equal(["p.json:1", "p.json:1", "p.json:3"], problems.Select(static problem => $"{problem.Place.File}:{problem.Place.Line}"));
    }

    [Fact]
    public void Damaged_files_are_refused_not_thrown_at() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
    {
        var random = new Random(seed);
        var bytes = Encoding.UTF8.GetBytes(PriceSamples.File(Good, Good));
        for (var i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
        var cut = random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length);
        var (layer, problems) = PriceFileReader.Read("p.json", Encoding.UTF8.GetString(bytes.AsSpan(0, cut)));
        return layer is not null || problems.Count > 0;
    }).QuickCheckThrowOnFailure();

    static void AssertProblem(string text, string message)
    {
        var (layer, problems) = PriceFileReader.Read("p.json", text);
        Assert.Null(layer);
        Assert.Contains(problems, problem => problem.ToString().Contains(message, StringComparison.Ordinal));
    }
}
