using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

/// <summary>Random regular expressions over a small alphabet, and texts of it.</summary>
static class Patterns
{
    /// <summary>Without \b behind what may be empty: there the non-backtracking engine of .NET 10 overlooks matches that the backtracking one finds.</summary>
    static readonly Gen<string> s_atom = Gen.Elements("a", "b", "c", "ab", "[ab]", "[^a]", ".", @"\w", " ", "^a", "c$", "(?i)b", "(?i:a)");

    public static Gen<string> Texts { get; } = Gen.Elements('a', 'b', 'c', 'A', 'B', ' ', '\n').ArrayOf().Select(static chars => new string(chars));

    public static Gen<string> Any { get; } = Sized(3);

    /// <summary>Those that do not match the empty text.</summary>
    public static Gen<string> Scannable => Any.Where(static pattern =>
    {
        var problems = new Problems();
        PatternScanner.Check("", pattern, problems);
        return problems.Found.Count == 0;
    });

    /// <summary>The engine also overlooks matches where one of two alternatives may be empty, as in <c>(?:a|b*)b</c>.</summary>
    static bool IsSomething(string pattern) => !new Regex(pattern, RegexOptions.NonBacktracking).IsMatch("");

    static Gen<string> Sized(int depth)
    {
        if (depth == 0) return s_atom;
        var inner = Sized(depth - 1);
        return Gen.OneOf(
            s_atom,
            inner.Two().Select(static pair => pair.Item1 + pair.Item2),
            inner.Where(IsSomething).Two().Select(static pair => $"(?:{pair.Item1}|{pair.Item2})"),
            inner.Zip(Gen.Elements("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"), static (piece, count) => $"({piece}){count}"));
    }
}
