namespace Weir.Gateway.Plugins;

/// <summary>
/// Lua patterns (Lua 5.1 manual §5.4.1): classes, sets, <c>* + - ?</c>, captures, position captures, back-references, <c>%b</c> and <c>%f</c>.
/// Matching backtracks; a budget of steps keeps a hostile subject from taking time, and running out of it is a fault, not a wrong answer.
/// </summary>
sealed class LuaPattern(string text, string pattern)
{
    const int CapturesMax = 32;
    const int PositionCapture = -2;
    const int OpenCapture = -1;

    readonly (int Start, int Length)[] _captures = new (int, int)[CapturesMax];
    int _level;
    int _steps;
    int _depth;

    public bool IsAnchored { get; } = pattern.StartsWith('^');

    /// <summary>Where the match begins, from 0.</summary>
    public int Start { get; private set; }

    /// <summary>Where the match ends; the end is not part of it.</summary>
    public int End { get; private set; }

    /// <summary>Why matching could not be finished, or null.</summary>
    public string? Problem { get; private set; }

    public LuaValue Whole => LuaValue.Of(text[Start..End]);

    /// <summary>A capture of the last match; the whole match for 0 when the pattern has none.</summary>
    public LuaValue Capture(int index)
    {
        if (index == 0 && _level == 0) return Whole;
        if (index >= _level) return LuaValue.Fault($"invalid capture index %{index + 1}");
        var (start, length) = _captures[index];
        return length switch
        {
            PositionCapture => LuaValue.Of(start + 1),
            OpenCapture => LuaValue.Fault("unfinished capture"),
            _ => LuaValue.Of(text.Substring(start, length)),
        };
    }

    /// <summary>Looks for the first match at or after a position.</summary>
    public bool Find(int from)
    {
        for (var at = from; at <= text.Length && Problem is null; at++)
        {
            _level = 0;
            var end = Match(at, IsAnchored ? 1 : 0);
            if (Problem is not null) return false;
            if (end >= 0)
            {
                (Start, End) = (at, end);
                return true;
            }
            if (IsAnchored) return false;
        }
        return false;
    }

    int Match(int s, int p)
    {
        if (_depth >= LuaLimits.DepthMax * 4) return Fail("pattern too complex");
        _depth++;
        var end = MatchHere(s, p);
        _depth--;
        return end;
    }

    int MatchHere(int s, int p)
    {
        while (Problem is null)
        {
            if (++_steps > LuaLimits.MatchStepsMax) return Fail("pattern took too many steps");
            if (p == pattern.Length) return s;
            switch (pattern[p])
            {
                case '(':
                    return p + 1 < pattern.Length && pattern[p + 1] == ')' ? Open(s, p + 2, PositionCapture) : Open(s, p + 1, OpenCapture);
                case ')':
                    return Close(s, p + 1);
                case '$' when p + 1 == pattern.Length:
                    return s == text.Length ? s : -1;
                case '%' when p + 1 < pattern.Length && pattern[p + 1] == 'b':
                    s = Balanced(s, p + 2);
                    if (s < 0) return -1;
                    p += 4;
                    continue;
                case '%' when p + 1 < pattern.Length && pattern[p + 1] == 'f':
                    p += 2;
                    if (p >= pattern.Length || pattern[p] != '[') return Fail("missing '[' after '%f' in pattern");
                    var frontier = ClassEnd(p);
                    if (frontier < 0 || SetMatches(At(s - 1), p, frontier) || !SetMatches(At(s), p, frontier)) return -1;
                    p = frontier;
                    continue;
                case '%' when p + 1 < pattern.Length && char.IsAsciiDigit(pattern[p + 1]):
                    s = BackReference(s, pattern[p + 1]);
                    if (s < 0) return -1;
                    p += 2;
                    continue;
            }
            var next = ClassEnd(p);
            if (next < 0) return -1;
            var quantifier = next < pattern.Length ? pattern[next] : '\0';
            if (quantifier == '*') return Longest(s, p, next, 0);
            if (quantifier == '+') return Longest(s, p, next, 1);
            if (quantifier == '-') return Shortest(s, p, next);
            if (quantifier == '?')
            {
                if (Matches(s, p, next) && Match(s + 1, next + 1) is >= 0 and var end) return end;
                p = next + 1;
                continue;
            }
            if (!Matches(s, p, next)) return -1;
            (s, p) = (s + 1, next);
        }
        return -1;
    }

    int Longest(int s, int p, int next, int least)
    {
        var count = 0;
        while (Matches(s + count, p, next))
        {
            count++;
            if (++_steps > LuaLimits.MatchStepsMax) return Fail("pattern took too many steps");
        }
        for (; count >= least; count--)
            if (Match(s + count, next + 1) is >= 0 and var end) return end;
        return -1;
    }

    int Shortest(int s, int p, int next)
    {
        while (Problem is null)
        {
            if (Match(s, next + 1) is >= 0 and var end) return end;
            if (!Matches(s, p, next)) return -1;
            s++;
        }
        return -1;
    }

    int Open(int s, int p, int length)
    {
        if (_level == CapturesMax) return Fail("too many captures");
        _captures[_level++] = (s, length);
        var end = Match(s, p);
        if (end < 0) _level--;
        return end;
    }

    int Close(int s, int p)
    {
        var open = _level - 1;
        while (open >= 0 && _captures[open].Length != OpenCapture) open--;
        if (open < 0) return Fail("invalid pattern capture");
        _captures[open].Length = s - _captures[open].Start;
        var end = Match(s, p);
        if (end < 0) _captures[open].Length = OpenCapture;
        return end;
    }

    int Balanced(int s, int p)
    {
        if (p + 1 >= pattern.Length) return Fail("unbalanced pattern");
        if (s >= text.Length || text[s] != pattern[p]) return -1;
        var depth = 1;
        for (var i = s + 1; i < text.Length; i++)
        {
            if (++_steps > LuaLimits.MatchStepsMax) return Fail("pattern took too many steps");
            if (text[i] == pattern[p + 1])
            {
                if (--depth == 0) return i + 1;
            }
            else if (text[i] == pattern[p])
            {
                depth++;
            }
        }
        return -1;
    }

    int BackReference(int s, char digit)
    {
        var index = digit - '1';
        if (index < 0 || index >= _level || _captures[index].Length < 0) return Fail($"invalid capture index %{digit}");
        var capture = text.AsSpan(_captures[index].Start, _captures[index].Length);
        return text.AsSpan(s).StartsWith(capture) ? s + capture.Length : -1;
    }

    /// <summary>Where a single-character class that begins here ends.</summary>
    int ClassEnd(int p)
    {
        if (pattern[p] == '%') return p + 2 <= pattern.Length ? p + 2 : Fail("malformed pattern (ends with '%')");
        if (pattern[p] != '[') return p + 1;
        p++;
        if (p < pattern.Length && pattern[p] == '^') p++;
        do
        {
            if (p >= pattern.Length) return Fail("malformed pattern (missing ']')");
            p += pattern[p] == '%' ? 2 : 1;
        }
        while (p >= pattern.Length || pattern[p] != ']');
        return p + 1;
    }

    bool Matches(int s, int p, int next) => s < text.Length && pattern[p] switch
    {
        '.' => true,
        '%' => LuaClass.Contains(pattern[p + 1], text[s]),
        '[' => SetMatches(text[s], p, next),
        var c => c == text[s],
    };

    bool SetMatches(char c, int p, int next)
    {
        var end = next - 1;
        var negated = pattern[p + 1] == '^';
        if (negated) p++;
        for (p++; p < end; p++)
        {
            if (pattern[p] == '%' && p + 1 < end)
            {
                if (LuaClass.Contains(pattern[++p], c)) return !negated;
            }
            else if (p + 2 < end && pattern[p + 1] == '-')
            {
                if (pattern[p] <= c && c <= pattern[p + 2]) return !negated;
                p += 2;
            }
            else if (pattern[p] == c)
            {
                return !negated;
            }
        }
        return negated;
    }

    char At(int s) => s >= 0 && s < text.Length ? text[s] : '\0';

    int Fail(string problem)
    {
        Problem ??= problem;
        return -1;
    }
}

/// <summary>The character classes of Lua patterns; a capital letter is the complement.</summary>
static class LuaClass
{
    public static bool Contains(char letter, char c)
    {
        var inside = (letter | 0x20) switch
        {
            'a' => char.IsAsciiLetter(c),
            'c' => char.IsControl(c) && char.IsAscii(c),
            'd' => char.IsAsciiDigit(c),
            'l' => char.IsAsciiLetterLower(c),
            'p' => c is >= '!' and <= '~' && !char.IsAsciiLetterOrDigit(c),
            's' => c is ' ' or (>= '\t' and <= '\r'),
            'u' => char.IsAsciiLetterUpper(c),
            'w' => char.IsAsciiLetterOrDigit(c),
            'x' => char.IsAsciiHexDigit(c),
            'z' => c == '\0',
            _ => (bool?)null,
        };
        return char.IsAsciiLetter(letter) && inside is { } known ? known == char.IsAsciiLetterLower(letter) : letter == c;
    }
}
