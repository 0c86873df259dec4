using System.Globalization;
using System.Text;

namespace Weir.Ai.Tests;

/// <summary>How far estimates are from what providers counted, as a table for the docs.</summary>
static class EstimateErrors
{
    public static string Table()
    {
        var table = new StringBuilder();
        table.Append("| family | prompts | median error | 9 of 10 within | over the upper bound |\n|---|--:|--:|--:|--:|\n");
        var cases = UsageCase.Stored.Select(static each => (Case: each, Estimate: TokenEstimator.Prompt(each.ToRequest(), each.Model)));
        foreach (var group in cases.GroupBy(static each => Name(each.Case)).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            double[] errors = [.. group.Select(static each => Math.Abs(each.Estimate.Tokens - each.Case.Input) * 100.0 / each.Case.Input).Order()];
            var over = group.Count(static each => each.Case.Input > each.Estimate.TokensMax);
            table.Append(CultureInfo.InvariantCulture, $"| {group.Key} | {errors.Length} | {At(errors, 50):F1} % | {At(errors, 90):F1} % | {over} |\n");
        }
        return table.ToString();
    }

    static string Name(UsageCase each) => TokenFamilies.Of(each.Model).Family + (each.Tools is null ? "" : ", with tools");

    static double At(double[] sorted, int percent) => sorted[(sorted.Length - 1) * percent / 100];
}
