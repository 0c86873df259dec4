using System.Globalization;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>A regular expression of a route. Matching takes time linear in the input, and allocates nothing but captures.</summary>
/// <remarks>
/// Not .NET's own NonBacktracking engine: that takes about 1 MB and 5 ms per expression like "/a/(?&lt;id&gt;[^/]+)/b$", and files have thousands of them.
/// </remarks>
sealed class RoutePattern
{
    readonly PatternProgram _program;

    RoutePattern(PatternProgram program) => _program = program;

    /// <summary>What every match starts with; the index finds the expression by it.</summary>
    public string LiteralPrefix => _program.LiteralPrefix;

    public bool HasGroups => _program.GroupNames.Count > 0;

    /// <summary>A path's expression (without its '~'), anchored at the start only. As in Kong the anchor is part of the first alternative.</summary>
    public static RoutePattern OfPath(string source) => new(PatternCompiler.Compile("^" + source, isPath: true));

    /// <summary>A header's expression (without its "~*"), found anywhere in the value, whatever the case.</summary>
    public static RoutePattern OfHeader(string source) => new(PatternCompiler.Compile(source, ignoresCase: true));

    public bool IsMatch(ReadOnlySpan<char> input) => MatchLength(input, []) >= 0;

    /// <summary>How many characters match, or -1.</summary>
    public int MatchLength(ReadOnlySpan<char> input) => MatchLength(input, []);

    /// <summary>The match by number ("0" is all of it) and by name, or null.</summary>
    public IReadOnlyDictionary<string, string>? Captures(string input)
    {
        var slots = new int[(_program.GroupNames.Count + 1) * 2];
        slots.AsSpan().Fill(-1);
        if (MatchLength(input, slots) < 0) return null;
        var captures = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var number = 0; number * 2 < slots.Length; number++)
        {
            if (slots[(number * 2) + 1] < 0) continue;
            var text = input[slots[number * 2]..slots[(number * 2) + 1]];
            captures[number.ToString(CultureInfo.InvariantCulture)] = text;
            if (number > 0 && _program.GroupNames[number - 1] is { } name) captures[name] = text;
        }
        return captures;
    }

    int MatchLength(ReadOnlySpan<char> input, Span<int> slots)
    {
        var run = new PatternRun(_program, input, slots, stackalloc ulong[PatternRun.VisitedWords], stackalloc int[PatternRun.TrailLength]);
        var found = run.Find(out var start, out var end);
        run.Release();
        if (!found) return -1;
        if (!slots.IsEmpty) (slots[0], slots[1]) = (start, end);
        return end - start;
    }
}
