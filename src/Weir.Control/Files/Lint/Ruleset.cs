using Weir.Config;

namespace Weir.Control;

/// <summary>
/// Rules in Spectral's format: <c>rules: {name: {given, then: {field, function, functionOptions}, severity, message}}</c>. Sets that come with other tools
/// (<c>extends: spectral:oas</c>) are not here; a file that only switches them off is fine.
/// </summary>
sealed class Ruleset(IReadOnlyList<LintRule> rules)
{
    static readonly string[] Known =
    [
        "description", "message", "given", "then", "severity", "recommended", "resolved", "type", "formats", "documentationUrl", "tags", "category", "id",
        "howToFix",
    ];

    public static Ruleset? Read(FileSource file, Report report)
    {
        if (file.ReadMap(report) is not { } root) return null;
        CheckExtends(root, report);
        var aliases = root.Find("aliases") as MapNode;
        var rules = new List<LintRule>();
        foreach (var entry in new MapReader(root, report).Map("rules")?.Entries ?? [])
        {
            // A severity or a boolean instead of a rule switches one of an extended set; there is none.
            if (entry.Value is MapNode map && Rule(entry.Key, map, aliases, report) is { } rule) rules.Add(rule);
        }
        return report.Errors > 0 ? null : new Ruleset(rules);
    }

    static void CheckExtends(MapNode root, Report report)
    {
        if (root.Find("extends") is not { } extends) return;
        foreach (var item in extends is ListNode list ? list.Items : [extends])
        {
            var (name, how) = item is ListNode { Items: [var set, var mode, ..] } ? (set.Scalar(), mode.Scalar()) : (item.Scalar(), "recommended");
            if (how != "off")
                report.Error(item.Place, "", "extends", $"the ruleset '{name}' is not here; only rules that stand in the file itself are checked");
        }
    }

    static LintRule? Rule(string name, MapNode map, MapNode? aliases, Report report)
    {
        var errors = report.Errors;
        _ = new MapReader(map, report, Known).RefuseUnknown();
        if (Severity(map.Find("severity"), report) is not { } severity) return null;
        var given = new List<LintGiven>();
        foreach (var node in map.Find("given") is ListNode several ? several.Items : map.Find("given") is { } one ? [one] : [])
            given.AddRange(Given(node, aliases, report));
        if (map.Find("given") is null) report.Error(map.Place, "", name, "'given' is missing: what the rule looks at");
        var then = new List<LintThen>();
        foreach (var node in map.Find("then") is ListNode list ? list.Items : map.Find("then") is { } only ? [only] : [])
            if (Then(node, report) is { } found)
                then.Add(found);
        if (map.Find("then") is null or ListNode { Items.Count: 0 }) report.Error(map.Place, "", name, "'then' is missing: what must hold");
        return report.Errors > errors ? null : new LintRule(name, map.FindText("description") ?? "", map.FindText("message"), severity, given, then);
    }

    /// <summary>The severity; null when the rule is off.</summary>
    static LintSeverity? Severity(Node? node, Report report)
    {
        switch (node.Scalar())
        {
            case null or "warn" or "1": return LintSeverity.Warn;
            case "error" or "0": return LintSeverity.Error;
            case "info" or "2": return LintSeverity.Info;
            case "hint" or "3": return LintSeverity.Hint;
            case "off" or "false" or "-1": return null;
            default:
                report.Error(node!.Place, "", "severity", $"error, warn, info, hint or off is expected, found {node.Describe()}");
                return LintSeverity.Warn;
        }
    }

    static IEnumerable<LintGiven> Given(Node node, MapNode? aliases, Report report)
    {
        var source = node.Scalar() ?? "";
        if (source is ['#', .. var alias] && aliases?.Find(alias) is { } expanded)
        {
            foreach (var inner in expanded is ListNode list ? list.Items : [expanded])
                foreach (var given in Given(inner, null, report))
                    yield return given;
            yield break;
        }
        var keys = source.EndsWith('~');
        if (JsonPath.TryParse(keys ? source[..^1] : source, out var path, out var problem)) yield return new LintGiven(source, path, keys);
        else report.Error(node.Place, "", "given", $"'{source}' is not a valid JSONPath expression: {problem}");
    }

    static LintThen? Then(Node node, Report report)
    {
        if (node is not MapNode map || map.FindText("function") is not { } function)
        {
            report.Error(node.Place, "", "then", "a map with a function is expected");
            return null;
        }
        return LintFunction.Read(function, map.Find("function")!.Place, map.Find("functionOptions") as MapNode, report) is { } read
            ? new LintThen(map.Find("field").Scalar(), read)
            : null;
    }

    /// <summary>What the rules find, in the order of lines.</summary>
    public IReadOnlyList<LintFinding> Check(Node root)
    {
        var findings = new List<LintFinding>();
        foreach (var rule in rules)
            foreach (var given in rule.Given)
                foreach (var node in given.Selector.Select(root).Distinct(ReferenceEqualityComparer.Instance).Cast<Node>())
                    foreach (var then in rule.Then)
                        Check(rule, given, then, node, findings);
        return [.. findings.OrderBy(static finding => finding.Place.Line).ThenBy(static finding => finding.Place.Column)];
    }

    static void Check(LintRule rule, LintGiven given, LintThen then, Node node, List<LintFinding> findings)
    {
        if (given.Keys || then.Field == "@key")
        {
            foreach (var entry in (node as MapNode)?.Entries ?? [])
                Add(new ScalarNode(entry.KeyPlace, ScalarKind.Text, entry.Key), entry.KeyPlace);
            return;
        }
        if (then.Field is null) Add(node, node.Place);
        else if (JsonPath.TryParse(then.Field.StartsWith('$') ? then.Field : "$." + then.Field, out var field, out _)
            && field.Select(node) is { Count: > 0 } chosen)
            foreach (var value in chosen) Add(value, value.Place);
        else Add((node as MapNode)?.Find(then.Field), node.Place);

        void Add(Node? value, Place place)
        {
            if (then.Function.Problem(value) is not { } problem) return;
            var message = rule.Message is { } written
                ? written.Replace("{{error}}", problem, StringComparison.Ordinal).Replace("{{description}}", rule.Description, StringComparison.Ordinal)
                    .Replace("{{property}}", then.Field ?? "", StringComparison.Ordinal).Replace("{{value}}", value.Scalar() ?? "", StringComparison.Ordinal)
                : rule.Description.Length > 0 ? $"{rule.Description}: {problem}" : $"{rule.Name}: {problem}";
            findings.Add(new LintFinding(rule.Name, message, rule.Severity, place, given.Source));
        }
    }
}
