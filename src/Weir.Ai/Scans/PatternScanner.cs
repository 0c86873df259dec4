using System.Text.RegularExpressions;

namespace Weir.Ai;

/// <summary>What to look for in texts, and what becomes of it.</summary>
/// <param name="Pattern">What is found, in the syntax of .NET, without look-around.</param>
/// <param name="Replacement">What comes in its place.</param>
/// <param name="Stop">The error that ends a call in which it is found; null to replace it.</param>
/// <param name="IsFound">Looks closer at what the pattern found; null to take all of it.</param>
sealed record ScanRule(string Pattern, string Replacement, LlmError? Stop = null, Func<string, bool>? IsFound = null);

/// <summary>
/// Finds regular expressions. Of a text that has not ended only that is held back which may yet become a match, or a longer one: a second expression says
/// what can be the beginning of a match (<see cref="ViablePrefix"/>). So a text gives the same wherever it is cut. A match that is longer than
/// <see cref="HoldCharsMax"/> is found as far as it reaches within them.
/// </summary>
sealed class PatternScanner : TextScanner
{
    const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    readonly PatternScan _scan;
    readonly Func<TextPlace, bool> _looksAt;

    public PatternScanner(IReadOnlyList<ScanRule> rules, int holdCharsMax, Func<TextPlace, bool> looksAt)
    {
        HoldCharsMax = holdCharsMax;
        var finders = new Regex[rules.Count];
        var viable = new string[rules.Count];
        for (var i = 0; i < rules.Count; i++)
        {
            finders[i] = new Regex(rules[i].Pattern, Options);
            viable[i] = ViablePrefix.Of(rules[i].Pattern);
        }
        _looksAt = looksAt;
        var any = new Regex(string.Join('|', rules.Select(static rule => $"(?:{rule.Pattern})")), Options);
        _scan = new PatternScan([.. rules], finders, any, new Regex($@"(?:{string.Join('|', viable)})\z", Options), holdCharsMax);
    }

    public override int HoldCharsMax { get; }

    /// <summary>Reports why a pattern cannot be scanned for.</summary>
    public static void Check(string field, string pattern, Problems problems)
    {
        try
        {
            if (new Regex(pattern, Options).IsMatch("")) problems.Add(field, "matches the empty text, and so everywhere");
            _ = new Regex($@"(?:{ViablePrefix.Of(pattern)})\z", Options);
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            problems.Add(field, $"invalid regex: '{pattern}' ({refused.Message})");
        }
    }

    public override TextScan? Begin(in TextPlace place) => _looksAt(place) ? _scan : null;

    /// <summary>A match and the number of its rule; default for none.</summary>
    readonly record struct Hit(int Rule, int Start, int Length);

    /// <summary>Has no state: all that matters is in the text.</summary>
    sealed class PatternScan(ScanRule[] rules, Regex[] finders, Regex any, Regex viable, int holdCharsMax) : TextScan
    {
        public override ScanStep Next(ReadOnlySpan<char> text, int from, bool isEnd, List<TextEdit> edits)
        {
            var at = from;
            while (true)
            {
                var held = isEnd ? text.Length : Held(text, at);
                var hit = Find(text, at);
                // Of a text that is held for too long the first character is decided by what is there.
                var isForced = held == at && text.Length - at >= holdCharsMax;
                if (hit.Length > 0 && (hit.Start < held || (isForced && hit.Start == at)))
                {
                    if (rules[hit.Rule].Stop is { } stop) return new ScanStep(hit.Start, stop);
                    edits.Add(new TextEdit(hit.Start, hit.Length, rules[hit.Rule].Replacement));
                    at = hit.Start + hit.Length;
                    continue;
                }
                if (!isForced) return new ScanStep(held);
                at++;
            }
        }

        /// <summary>Where the first match may begin that is not there yet, or not whole; the end of the text when there is none.</summary>
        int Held(ReadOnlySpan<char> text, int from)
        {
            foreach (var match in viable.EnumerateMatches(text, from)) return match.Index;
            return text.Length;
        }

        /// <summary>The first match; of several that begin at one place that of the first rule.</summary>
        Hit Find(ReadOnlySpan<char> text, int from)
        {
            var best = default(Hit);
            if (!any.IsMatch(text, from)) return best;
            for (var i = 0; i < finders.Length; i++)
            {
                var hit = Find(i, text, from);
                if (hit.Length > 0 && (best.Length == 0 || hit.Start < best.Start)) best = hit;
            }
            return best;
        }

        Hit Find(int rule, ReadOnlySpan<char> text, int from)
        {
            while (from < text.Length)
            {
                var hit = default(Hit);
                foreach (var match in finders[rule].EnumerateMatches(text, from))
                {
                    hit = new Hit(rule, match.Index, match.Length);
                    break;
                }
                if (hit == default) return hit;
                if (hit.Length > 0 && (rules[rule].IsFound is not { } isFound || isFound(text.Slice(hit.Start, hit.Length).ToString()))) return hit;
                from = hit.Start + 1;
            }
            return default;
        }
    }
}
