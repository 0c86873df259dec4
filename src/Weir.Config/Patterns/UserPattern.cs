using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Weir.Config;

/// <summary>Regular expressions from configuration files, matched against what clients send: always in linear time.</summary>
static class UserPattern
{
    const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Compiles an expression; a refused one gives the reason instead.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="whole">Whether it must match the text as a whole, and not just a part of it.</param>
    /// <param name="regex">The compiled expression.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryCompile(string pattern, bool whole, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? problem)
    {
        (regex, problem) = (null, null);
        try
        {
            var translated = PathFormat.DotNet(pattern);
            regex = new Regex(whole ? $@"^(?:{translated})\z" : translated, Options);
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            problem = $"invalid regex: '{pattern}' ({refused.Message})";
            return false;
        }
    }

    /// <summary>Compiles an expression that has been checked.</summary>
    public static Regex Compile(string pattern, bool whole) =>
        TryCompile(pattern, whole, out var regex, out var problem) ? regex : throw new ArgumentException(problem, nameof(pattern));

    /// <summary>
    /// Expressions of which one matches a part of a text wherever one of these does: a single one where they can be put together, so that the text is gone
    /// through once and the words that they begin with are looked for at the same time, by vectors. Checked expressions only.
    /// </summary>
    public static Regex[] CompileAny(IReadOnlyList<string> patterns)
    {
        // The end of a group is lost in a comment, and comments are on in a part of an expression that says (?x).
        if (patterns.Count > 1 && !patterns.Any(static pattern => pattern.Contains('#')))
        {
            try
            {
                return [new Regex(string.Join('|', patterns.Select(static pattern => $"(?:{PathFormat.DotNet(pattern)})")), Options)];
            }
            catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
            {
                // Together they are too large, or name a group twice; each by itself compiles.
            }
        }
        return [.. patterns.Select(static pattern => Compile(pattern, whole: false))];
    }

    /// <summary>Reports an expression that does not compile.</summary>
    public static void Check(string field, string pattern, Problems problems)
    {
        if (!TryCompile(pattern, whole: false, out _, out var problem)) problems.Add(field, problem);
    }
}
