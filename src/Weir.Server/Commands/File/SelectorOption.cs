using System.CommandLine;
using Weir.Config;
using Weir.Control;

namespace Weir.Server;

/// <summary><c>--selector</c>: JSONPath expressions, any number of them.</summary>
sealed class SelectorOption
{
    readonly Option<string[]> _option;

    public SelectorOption(string description) => _option = new Option<string[]>("--selector")
    {
        Description = description + " JSONPath (RFC 9535); may be repeated.",
        HelpName = "jsonpath",
    };

    public void AddTo(Command command) => command.Options.Add(_option);

    public IReadOnlyList<string> Sources(ParseResult result) => result.GetValue(_option) ?? [];

    /// <summary>The selectors; null when there are none, or after their problems were reported.</summary>
    public SelectorSet? Read(ParseResult result, Report report)
    {
        if (Sources(result) is not { Count: > 0 } sources) return null;
        if (SelectorSet.TryParse(sources, out var set, out var problems)) return set;
        foreach (var problem in problems) report.Error(new Place("--selector", 0, 0), problem);
        return null;
    }
}
