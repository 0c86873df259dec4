using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

/// <summary>One header of a route: satisfied when any value of the request equals, or matches, any value of the rule. Case never counts.</summary>
sealed class HeaderRule
{
    const string RegexMark = "~*";

    readonly RoutePattern[] _patterns;

    public HeaderRule(string name, IReadOnlyList<string> values, PatternPool patterns)
    {
        Name = name;
        Values = [.. values.Where(static value => !IsPattern(value))];
        _patterns = [.. values.Where(IsPattern).Select(value => patterns.ForHeader(value[RegexMark.Length..]))];
    }

    public string Name { get; }

    /// <summary>The values that are compared as a whole.</summary>
    public string[] Values { get; }

    /// <summary>Whether comparing with <see cref="Values"/> is all there is to the rule.</summary>
    public bool IsExact => _patterns.Length == 0;

    public bool Accepts(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(Name, out var sent)) return false;
        foreach (var value in sent)
            if (value is not null && AcceptsValue(value)) return true;
        return false;
    }

    static bool IsPattern(string value) => value.StartsWith(RegexMark, StringComparison.Ordinal);

    bool AcceptsValue(string sent)
    {
        foreach (var value in Values)
            if (string.Equals(value, sent, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var pattern in _patterns)
            if (pattern.IsMatch(sent)) return true;
        return false;
    }
}
