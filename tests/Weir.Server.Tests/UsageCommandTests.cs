using Microsoft.Extensions.Logging.Abstractions;
using Weir.Telemetry;

namespace Weir.Server.Tests;

public sealed class UsageCommandTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-usage");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("--by", "colour", "--by: 'colour' is none of: consumer")]
    [InlineData("--where", "team", "--where: expected dimension=value, found 'team'")]
    [InlineData("--where", "colour=red", "--where: 'colour' is none of")]
    [InlineData("--from", "yesterday", "--from: expected a day")]
    [InlineData("--until", "2026-02-30", "--until: expected a day")]
    public void Refuses_nonsense(string option, string value, string message)
    {
        var (code, _, error) = Run(_folder.FullName, option, value);
        Assert.Equal(2, code);
        Assert.Contains(message, error);
    }

    [Fact]
    public void Reports_every_problem_at_once()
    {
        var (code, _, error) = Run("/nowhere/at/all", "--by", "colour", "--from", "2026-01-02", "--until", "2026-01-01");
        Assert.Equal(2, code);
        Assert.Contains("no folder", error);
        Assert.Contains("colour", error);
        Assert.Contains("--until must be later than --from", error);
    }

    [Fact]
    public async Task Prints_spend_by_a_dimension_in_a_time()
    {
        await using (var ledger = new UsageLedger(new() { Folder = _folder.FullName }, new MetricRegistry(), new FirstOfJanuary(), NullLogger.Instance))
            for (var day = 1; day <= 4; day++)
                await ledger.AppendAsync(new()
                {
                    Time = new(2026, 1, day, 12, 0, 0, TimeSpan.Zero),
                    RequestId = $"r{day}",
                    Outcome = "ok",
                    Team = day % 2 == 0 ? "even" : "odd",
                    Tokens = new() { Input = day },
                    CostTotal = day * 1_000_000_000L,
                    Currency = "USD",
                });
        var (code, table, _) = Run(_folder.FullName, "--by", "team", "--from", "2026-01-02", "--until", "2026-01-04T12:00");
        Assert.Equal(0, code);
        Assert.Matches(@"odd +1 +0 +3 .* 3\.00 USD", table);
        Assert.Matches(@"even +1 +0 +2 .* 2\.00 USD", table);
        Assert.Matches(@"total +2 +0 +5 .* 5\.00 USD", table);
        var (_, json, _) = Run(_folder.FullName, "--by", "team", "--where", "team=even", "--json");
        Assert.Contains("\"cost\": \"6.00\"", json);
        Assert.DoesNotContain("odd", json);
    }

    [Fact]
    public async Task Says_how_many_records_are_damaged()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "usage-20260101T000000Z-aaaaaaaa-000001.log"), "00000000 {}\nnonsense\n");
        var (code, _, error) = Run(_folder.FullName);
        Assert.Equal(0, code);
        Assert.Contains("2 damaged records passed over", error);
    }

    static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = UsageCommand.Create(output, error).Parse(arguments).Invoke();
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>A segment is named after the moment at which it begins, and one that begins long after the time asked for is not opened.</summary>
    sealed class FirstOfJanuary : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
