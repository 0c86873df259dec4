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
             where row.Asked is not null
             from subject in subjects
             where subject.Row == row && subject.IsWeir
             select (subject, row.Asked)).ToList();
        if (asked.Count == 0)
            return;

        text.AppendLine().AppendLine("### Asked of Weir").AppendLine();
        text.AppendLine("| row | system | asked | seen: median (min-max) | reached |").AppendLine("|---|---|---|---|---|");
        foreach (var (subject, bound) in asked)
        {
            var reference = Report.ReferenceRuns(subject.Row, subjects);
            double[] seen = [.. subject.Runs.Select(run => bound.Seen(run, reference?[run.Round]))];
            var median = Report.Median(seen);
            text.Append(CultureInfo.InvariantCulture, $"| {subject.Row.Name} | {subject.System} | {bound.Text} ");
            text.Append(CultureInfo.InvariantCulture, $"| **{median:0.##}** ({seen.Min():0.##}-{seen.Max():0.##}) ");
            text.AppendLine(median <= bound.Max ? "| yes |" : "| **no** |");
        }
    }
}
