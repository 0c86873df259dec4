using System.Globalization;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>What Weir is to reach in each row, what was seen, and whether that is enough.</summary>
static class AskedTable
{
    public static void Append(StringBuilder text, IReadOnlyList<Subject> subjects)
    {
        var asked =
            (from row in Row.All
             from bound in row.Bounds
             from subject in subjects
             where subject.Row == row && subject.IsWeir && (bound.System.Length == 0 || bound.System == subject.System)
             select (subject, bound)).ToList();
        if (asked.Count == 0)
            return;

        text.AppendLine().AppendLine("### Asked of Weir").AppendLine();
        text.AppendLine("| row | system | asked | seen: median (min-max) | reached |").AppendLine("|---|---|---|---|---|");
        foreach (var (subject, bound) in asked)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {subject.Row.Name} | {subject.System} | {bound.Text} ");
            if (!TryReference(subject, bound, subjects, out var reference))
            {
                text.AppendLine("| not run beside it | |");
                continue;
            }

            double[] seen = [.. subject.Runs.Select(run => bound.Seen(run, reference?[run.Round]))];
            var median = Report.Median(seen);
            text.Append(CultureInfo.InvariantCulture, $"| **{median:0.###}** ({seen.Min():0.###}-{seen.Max():0.###}) ");
            text.AppendLine(median <= bound.Max ? "| yes |" : "| **no** |");
        }
    }

    /// <summary>False when what it is compared with did not run.</summary>
    static bool TryReference(Subject subject, Asked bound, IReadOnlyList<Subject> subjects, out Dictionary<int, Run>? runs)
    {
        runs = null;
        if (bound.Other is not { } other)
        {
            runs = Report.ReferenceRuns(subject.Row, subjects);
            return true;
        }

        var system = other.System.Length == 0 ? subject.System : other.System;
        runs = subjects.FirstOrDefault(each => each.System == system && each.Row.Name == other.Row)?.Runs.ToDictionary(static run => run.Round);
        return runs is not null;
    }
}
