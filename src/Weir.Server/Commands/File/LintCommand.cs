using System.CommandLine;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>weir file lint</c></summary>
static class LintCommand
{
    public static Command Create(Terminal terminal)
    {
        var ruleset = new Argument<string>("RULESET") { Description = "File of rules in Spectral's format." };
        var severity = new Option<LintSeverity>("--fail-severity", "-F")
        {
            Description = "Findings from this severity on make the exit code 1: hint, info, warn or error.",
            DefaultValueFactory = static _ => LintSeverity.Error,
        };
        var only = new Option<bool>("--display-only-failures", "-D") { Description = "Print only findings from that severity on." };
        var options = new FileOptions("plain", "yaml", "json");
        options.Format.DefaultValueFactory = static _ => "plain";
        (options.Format.Description, options.Format.HelpName) = ("What to write: plain, yaml or json.", "plain|yaml|json");
        var command = new Command("lint", "Check a file against rules of your own.");
        command.Arguments.Add(ruleset);
        options.AddTo(command);
        command.Options.Add(severity);
        command.Options.Add(only);
        command.SetAction(result =>
        {
            var failures = 0;
            var code = options.Emit(result, terminal, report =>
            {
                var rules = terminal.Read(result.GetValue(ruleset)!, report) is { } file ? Ruleset.Read(file, report) : null;
                if (terminal.Read(result.GetValue(options.State)!, report)?.ReadNode(report) is not { } root || rules is null) return null;
                var found = LintReport.Of(rules.Check(root), result.GetValue(severity), result.GetValue(only));
                failures = found.Failures;
                return string.Equals(result.GetValue(options.Format), "plain", StringComparison.OrdinalIgnoreCase)
                    ? found.Plain()
                    : FileWriter.Write(found.Nodes(), options.FormatOf(result));
            });
            return failures > 0 ? 1 : code;
        });
        return command;
    }
}
