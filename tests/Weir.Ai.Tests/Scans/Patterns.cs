using FsCheck;
using FsCheck.Fluent;

namespace Weir.Ai.Tests;

/// <summary>Random regular expressions over a small alphabet, and texts of it.</summary>
static class Patterns
{
    static readonly Gen<string> s_atom = Gen.Elements("a", "b", "c", "ab", "[ab]", "[^a]", ".", @"\w", @"a\b", @"\bb", " ", "^a", "c$", "(?i)b", "(?i:a)");

    public static Gen<string> Texts { get; } = Gen.Elements('a', 'b', 'c', 'A', 'B', ' ', '\n').ArrayOf().Select(static chars => new string(chars));

    public static Gen<string> Any { get; } = Sized(3);

    /// <summary>Those that do not match the empty text.</summary>
    public static Gen<string> Scannable { get; } = Any.Where(static pattern =>
    {
        var problems = new Problems();
        PatternScanner.Check("", pattern, problems);
        return problems.Found.Count == 0;
    });

    static Gen<string> Sized(int depth)
    {
        if (depth == 0) return s_atom;
        var inner = Sized(depth - 1);
        return Gen.OneOf(
            s_atom,
            inner.Two().Select(static pair => pair.Item1 + pair.Item2),
            inner.Two().Select(static pair => $"(?:{pair.Item1}|{pair.Item2})"),
            inner.Zip(Gen.Elements("*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"), static (piece, count) => $"({piece}){count}"));
    }
}
