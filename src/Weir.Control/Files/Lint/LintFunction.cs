using System.Text.RegularExpressions;
using Weir.Config;

namespace Weir.Control;

/// <summary>A function of Spectral: says what is wrong with a value, or nothing. An absent value is null.</summary>
abstract record LintFunction
{
    public abstract string? Problem(Node? value);

    /// <summary>Reads a function with its options; null after a problem was reported.</summary>
    public static LintFunction? Read(string name, Place place, MapNode? options, Report report)
    {
        switch (name)
        {
            case "truthy": return new TruthyFunction(Wanted: true);
            case "falsy": return new TruthyFunction(Wanted: false);
            case "defined": return new DefinedFunction(Wanted: true);
            case "undefined": return new DefinedFunction(Wanted: false);
            case "pattern": return PatternFunction.Read(place, options, report);
            case "enumeration": return new EnumerationFunction([.. (options?.Find("values") as ListNode)?.Items ?? []]);
            case "length": return LengthFunction.Read(options);
            case "casing": return CasingFunction.Read(place, options, report);
            case "xor": return new PropertiesFunction([.. options?.Find("properties").Strings() ?? []], Exactly: true);
            case "or": return new PropertiesFunction([.. options?.Find("properties").Strings() ?? []], Exactly: false);
            case "alphabetical": return new AlphabeticalFunction(options?.Find("keyedBy").Scalar());
            default:
                report.Error(place, "", "function",
                    $"unknown function '{name}'; known are truthy, falsy, defined, undefined, pattern, enumeration, length, casing, xor, or, alphabetical");
                return null;
        }
    }

    protected static string Shown(Node? node) => node.Scalar() ?? (node is null ? "" : node.Describe());
}

sealed record TruthyFunction(bool Wanted) : LintFunction
{
    public override string? Problem(Node? value)
    {
        var isTruthy = value is not (null or ScalarNode { Kind: ScalarKind.Null } or ScalarNode { Kind: ScalarKind.Boolean, Text: "false" }
            or ScalarNode { Kind: ScalarKind.Text, Text: "" } or ScalarNode { Kind: ScalarKind.Integer, Text: "0" });
        return isTruthy == Wanted ? null : Wanted ? "must be set" : "must not be set";
    }
}

sealed record DefinedFunction(bool Wanted) : LintFunction
{
    public override string? Problem(Node? value) => value is not null == Wanted ? null : Wanted ? "must be defined" : "must be undefined";
}

sealed record PatternFunction(string? Match, Regex? MatchRegex, string? NotMatch, Regex? NotMatchRegex) : LintFunction
{
    public static PatternFunction? Read(Place place, MapNode? options, Report report)
    {
        var (match, notMatch) = (options?.Find("match").Scalar(), options?.Find("notMatch").Scalar());
        if (match is null && notMatch is null) report.Error(place, "", "functionOptions", "pattern needs 'match' or 'notMatch'");
        var errors = report.Errors;
        var function = new PatternFunction(match, Compiled(match), notMatch, Compiled(notMatch));
        return report.Errors > errors ? null : function;

        Regex? Compiled(string? pattern)
        {
            if (pattern is null) return null;
            // Spectral also takes /…/flags.
            var end = pattern.LastIndexOf('/');
            var bare = pattern.StartsWith('/') && end > 0 ? pattern[1..end] : pattern;
            if (UserPattern.TryCompile(bare, whole: false, out var regex, out var problem)) return regex;
            report.Error(place, "", "functionOptions", problem);
            return null;
        }
    }

    public override string? Problem(Node? value)
    {
        if (value.Scalar() is not { } text) return null;
        if (MatchRegex?.IsMatch(text) == false) return $"`{text}` does not match the expression `{Match}`";
        return NotMatchRegex?.IsMatch(text) == true ? $"`{text}` matches the expression `{NotMatch}`" : null;
    }
}

sealed record EnumerationFunction(IReadOnlyList<Node> Values) : LintFunction
{
    public override string? Problem(Node? value) => value is null || Values.Any(wanted => Tree.SameData(wanted, value))
        ? null
        : $"`{Shown(value)}` must equal to one of: {string.Join(", ", Values.Select(Shown))}";
}

/// <summary>Of a text its characters, of a list its items, of a map its keys, of a number its value.</summary>
sealed record LengthFunction(double? Min, double? Max) : LintFunction
{
    public static LengthFunction Read(MapNode? options) => new(Number(options?.Find("min")), Number(options?.Find("max")));

    static double? Number(Node? node) => node.Scalar() is { } text && Scalars.TryNumber(text, out var number) ? number : null;

    public override string? Problem(Node? value)
    {
        double? length = value switch
        {
            MapNode map => map.Entries.Count,
            ListNode list => list.Items.Count,
            ScalarNode { Kind: ScalarKind.Text } text => text.Text.Length,
            ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Number } => Number(value),
            _ => null,
        };
        if (length < Min) return $"must not be shorter than {Min}";
        return length > Max ? $"must not be longer than {Max}" : null;
    }
}

sealed record CasingFunction(string Type, Regex Form) : LintFunction
{
    static readonly Dictionary<string, string> Forms = new()
    {
        ["flat"] = "^[a-z][a-z0-9]*$",
        ["camel"] = "^[a-z][a-z0-9]*(?:[A-Z0-9](?:[a-z0-9]+|$))*$",
        ["pascal"] = "^[A-Z][a-z0-9]*(?:[A-Z0-9](?:[a-z0-9]+|$))*$",
        ["kebab"] = "^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$",
        ["cobol"] = "^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*$",
        ["snake"] = "^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$",
        ["macro"] = "^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$",
    };

    public static CasingFunction? Read(Place place, MapNode? options, Report report)
    {
        var type = options?.Find("type").Scalar() ?? "";
        if (Forms.TryGetValue(type, out var form)) return new CasingFunction(type, UserPattern.Compile(form, whole: false));
        report.Error(place, "", "functionOptions", $"casing needs a type of {string.Join(", ", Forms.Keys)}");
        return null;
    }

    public override string? Problem(Node? value) => value.Scalar() is { } text && !Form.IsMatch(text) ? $"`{text}` is not {Type} case" : null;
}

/// <summary>That exactly one of some fields is there, or at least one.</summary>
sealed record PropertiesFunction(IReadOnlyList<string> Names, bool Exactly) : LintFunction
{
    public override string? Problem(Node? value)
    {
        if (value is not MapNode map) return null;
        var count = Names.Count(name => map.Find(name) is not null);
        var names = string.Join(", ", Names.Select(static name => $"`{name}`"));
        return Exactly && count != 1 ? $"exactly one of {names} must be defined" : !Exactly && count == 0 ? $"at least one of {names} must be defined" : null;
    }
}

sealed record AlphabeticalFunction(string? KeyedBy) : LintFunction
{
    public override string? Problem(Node? value)
    {
        var names = value switch
        {
            MapNode map => map.Entries.Select(static entry => entry.Key),
            ListNode list => list.Items.Select(item => (KeyedBy is null ? item : (item as MapNode)?.Find(KeyedBy)).Scalar() ?? ""),
            _ => [],
        };
        string? before = null;
        foreach (var name in names)
        {
            if (before is not null && string.CompareOrdinal(before, name) > 0) return $"`{name}` must be placed before `{before}`";
            before = name;
        }
        return null;
    }
}
