using System.Globalization;
using System.Text;

namespace Weir.Ai.Tests;

/// <summary>How far estimates are from what providers counted, as a table for the docs.</summary>
static class EstimateErrors
{
    public static string Table()
    {
        var table = new StringBuilder();
        table.Append("| family | prompts | tokens, median | error, median | error of 9 in 10, at most | of all tokens | over the upper bound |\n"
            + "|---|--:|--:|--:|--:|--:|--:|\n");
        var cases = UsageCase.Stored.Select(static each => (Case: each, Estimate: TokenEstimator.Prompt(each.ToRequest(), each.Model)));
        foreach (var group in cases.GroupBy(static each => Name(each.Case)).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            long[] errors = [.. group.Select(static each => Math.Abs(each.Estimate.Tokens - each.Case.Input)).Order()];
            long[] tokens = [.. group.Select(static each => each.Case.Input).Order()];
            var over = group.Count(static each => each.Case.Input > each.Estimate.TokensMax);
            table.Append(CultureInfo.InvariantCulture, $"| {group.Key} | {errors.Length} | {At(tokens, 50)} | {At(errors, 50)} | {At(errors, 90)} ");
            table.Append(CultureInfo.InvariantCulture, $"| {errors.Sum() * 100.0 / tokens.Sum():F1} % | {over} |\n");
        }
        return table.ToString();
    }

    static string Name(UsageCase each) => TokenFamilies.Of(each.Model).Family + (each.Tools is null ? "" : ", with tools");

    static long At(long[] sorted, int percent) => sorted[(sorted.Length - 1) * percent / 100];
}
