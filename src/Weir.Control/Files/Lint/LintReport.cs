using System.Globalization;
using System.Text;
using Weir.Config;

namespace Weir.Control;

/// <summary>What was found, as decK writes it.</summary>
sealed record LintReport(IReadOnlyList<LintFinding> Findings, LintSeverity FailSeverity)
{
    public int Failures => Findings.Count(finding => finding.Severity >= FailSeverity);

    public static LintReport Of(IReadOnlyList<LintFinding> findings, LintSeverity failSeverity, bool onlyFailures) =>
        new([.. findings.Where(finding => !onlyFailures || finding.Severity >= failSeverity)], failSeverity);

    public MapNode Nodes() => Tree.Map(
        ("fail_count", Tree.Number(Failures)),
        ("results", Tree.List(Findings.Select(static finding => Tree.Map(
            ("Character", Tree.Number(0)),
            ("Column", Tree.Number(finding.Place.Column)),
            ("Line", Tree.Number(finding.Place.Line)),
            ("Message", Tree.Text(finding.Message)),
            ("Path", Tree.Text(finding.Given)),
            ("Severity", Tree.Text(Word(finding.Severity))))))),
        ("total_count", Tree.Number(Findings.Count)));

    public string Plain()
    {
        if (Findings.Count == 0) return "";
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"Linting Violations: {Findings.Count}\nFailures: {Failures}\n\n");
        foreach (var finding in Findings)
            text.Append(CultureInfo.InvariantCulture, $"[{Word(finding.Severity)}][{finding.Place.Line}:{finding.Place.Column}] {finding.Message}\n");
        return text.ToString();
    }

    static string Word(LintSeverity severity) => severity switch
    {
        LintSeverity.Error => "error",
        LintSeverity.Warn => "warn",
        LintSeverity.Info => "info",
        _ => "hint",
    };
}
