using Weir.Config;

namespace Weir.Control;

/// <summary>How bad a finding is, least first.</summary>
enum LintSeverity
{
    Hint,
    Info,
    Warn,
    Error,
}

/// <summary>One rule of a ruleset: what is looked at, and what must hold there.</summary>
sealed record LintRule(string Name, string Description, string? Message, LintSeverity Severity, IReadOnlyList<LintGiven> Given, IReadOnlyList<LintThen> Then);

/// <summary>Nodes that a rule looks at; with <c>~</c> at the end of the expression their keys.</summary>
sealed record LintGiven(string Source, INodeSelector Selector, bool Keys);

/// <summary>What must hold: a function, of the node or of one of its fields.</summary>
sealed record LintThen(string? Field, LintFunction Function);

/// <summary>Something that a rule does not let pass.</summary>
sealed record LintFinding(string Rule, string Message, LintSeverity Severity, Place Place, string Given);
