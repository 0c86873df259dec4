namespace Weir.Telemetry.Tests;

public sealed class UsageReportTests
{
    [Fact]
    public void Every_dimension_has_a_name_of_its_own_and_is_found_by_it()
    {
        Assert.All(UsageDimension.All, static dimension => Assert.Same(dimension, UsageDimension.Find(dimension.Name)));
        Assert.Null(UsageDimension.Find("Team"));
        Assert.All(UsageDimension.All, static dimension => Assert.NotNull(dimension.Of(UsageSamples.Full)));
    }

    [Fact]
    public void Adds_up_by_dimension_the_dearest_first()
    {
        var report = Report(["team", "model"],
            Call("core", "small", 10, 5, 1_000_000), Call("core", "small", 10, 5, 2_000_000), Call("core", "large", 1, 1, 5_000_000),
            Call(null, "small", 7, 7, 0));
        Assert.Equal("""
            team   model  calls  failed  input  cached  output  reasoning       cost  unpriced  estimated  latency_ms  first_token_ms
            core   large      1       0      1       0       1          0  0.005 USD         0          0         100              50
            core   small      2       0     20       0      10          0  0.003 USD         0          0         100              50
            -      small      1       0      7       0       7          0   0.00 USD         0          0         100              50
            total             4       0     28       0      18          0  0.008 USD         0          0         100              50

            """, UsageReportText.Table(report), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Filters_by_value_and_by_its_absence()
    {
        UsageRecord[] calls = [Call("core", "m", 1, 1, 1), Call("web", "m", 2, 1, 1), Call(null, "m", 4, 1, 1)];
        Assert.Equal(2, Report([], calls, ("team", "web")).Totals.Single().Input);
        Assert.Equal(4, Report([], calls, ("team", UsageReport.None)).Totals.Single().Input);
        Assert.Empty(Report([], calls, ("team", "web"), ("model", "other")).Totals);
    }

    [Fact]
    public void Currencies_are_never_added_up()
    {
        var report = Report(["model"],
            Call("t", "m", 1, 1, 5), Call("t", "m", 1, 1, 7) with { Currency = "EUR" }, Call("t", "m", 1, 1, 0) with { Currency = null });
        Assert.Equal(["EUR 7", "USD 5", " 0"], report.Rows.Select(static row => $"{row.Currency} {row.Cost}"));
        Assert.Equal(3, report.Totals.Count);
    }

    [Fact]
    public void Counts_what_failed_and_what_is_not_sure()
    {
        var total = Report([],
            Call("t", "m", 1, 1, 5), Call("t", "m", 1, 1, 5) with { Outcome = "failed" },
            Call("t", "m", 1, 1, 5) with { Outcome = "cached", IsEstimated = true }, Call("t", "m", 1, 1, 5) with { PriceState = "unpriced" },
            Call("t", "m", 1, 1, 5) with { PriceState = "estimated", FirstTokenMs = null }).Totals.Single();
        Assert.Equal((5, 1, 1, 2, 4), (total.Calls, total.Failed, total.Unpriced, total.Estimated, total.FirstTokens));
    }

    [Fact]
    public void Writes_json_for_programs() => Assert.Equal("""
        {
          "rows": [
            {
              "model": "m",
              "calls": 1,
              "failed": 0,
              "input": 10,
              "cached": 0,
              "output": 5,
              "reasoning": 0,
              "cost": "0.000000001",
              "currency": "USD",
              "unpriced": 0,
              "estimated": 0,
              "latency_ms": 100,
              "first_token_ms": 50
            }
          ],
          "totals": [
            {
              "calls": 1,
              "failed": 0,
              "input": 10,
              "cached": 0,
              "output": 5,
              "reasoning": 0,
              "cost": "0.000000001",
              "currency": "USD",
              "unpriced": 0,
              "estimated": 0,
              "latency_ms": 100,
              "first_token_ms": 50
            }
          ]
        }
        """, UsageReportText.Json(Report(["model"], Call("t", "m", 10, 5, 1))), ignoreLineEndingDifferences: true);

    [Fact]
    public void A_name_that_a_client_chose_moves_no_cursor()
    {
        var table = UsageReportText.Table(Report(["session"], Call("t", "m", 1, 1, 1) with { Session = "a\u001b[2J\r" + new string('x', 100) }));
        Assert.DoesNotContain('\u001b', table);
        Assert.DoesNotContain('\r', table);
        Assert.Contains("a?[2J?x", table);
        Assert.All(table.Split('\n'), static line => Assert.True(line.Length < 200));
    }

    [Theory]
    [InlineData("0", "0.00")]
    [InlineData("1", "0.000000001")]
    [InlineData("1500000000", "1.50")]
    [InlineData("-1500000000", "-1.50")]
    [InlineData("170141183460469231731687303715884105727", "170141183460469231731687303715.884105727")]
    public void Shows_money_exactly(string nano, string shown) =>
        Assert.Equal(shown, UsageReportText.Money(Int128.Parse(nano, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Rows_without_bound_are_added_up_in_one()
    {
        var report = Report(["session"]);
        for (var i = 0; i < UsageReport.RowsMax + 10; i++) report.Add(Call("t", "m", 1, 0, 0) with { Session = $"s{i}" });
        Assert.Equal(UsageReport.RowsMax + 1, report.Rows.Count);
        Assert.Equal(10, report.Rows.Single(static row => row.Values[0] == UsageReport.Rest).Calls);
    }

    static UsageReport Report(string[] by, params UsageRecord[] records) => Report(by, records, []);

    static UsageReport Report(string[] by, UsageRecord[] records, params (string Name, string Value)[] where)
    {
        var report = new UsageReport(
            [.. by.Select(static name => UsageDimension.Find(name)!)], [.. where.Select(static each => (UsageDimension.Find(each.Name)!, each.Value))]);
        foreach (var record in records) report.Add(record);
        return report;
    }

    static UsageRecord Call(string? team, string model, long input, long output, long cost) => UsageSamples.Record("r") with
    {
        Team = team,
        ModelServed = model,
        Tokens = new() { Input = input, Output = output },
        CostTotal = cost,
        Currency = "USD",
        PriceState = "priced",
        LatencyMs = 100,
        FirstTokenMs = 50,
    };
}
