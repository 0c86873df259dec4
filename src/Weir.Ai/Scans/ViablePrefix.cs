using System.Globalization;

namespace Weir.Ai;

/// <summary>
/// Makes of a regular expression another that matches whatever can be the beginning of a match of the first, the empty text and whole matches included. For
/// patterns of RegexOptions.NonBacktracking, which has no look-around and no back-references; each must be known to compile.
/// </summary>
ref struct ViablePrefix
{
    readonly ReadOnlySpan<char> _pattern;
    int _at;

    ViablePrefix(ReadOnlySpan<char> pattern) => _pattern = pattern;

    /// <summary>The expression of the beginnings. An <see cref="ArgumentException"/> says that the pattern has something that is not known here.</summary>
    public static string Of(string pattern)
    {
        var parser = new ViablePrefix(pattern);
        var prefix = parser.Alternatives();
        return parser._at == pattern.Length ? prefix : throw new ArgumentException("a parenthesis is not opened");
    }

    readonly bool IsEnd => _at == _pattern.Length;

    string Alternatives()
    {
        List<string> alternatives = [];
        // Options in the middle of a group hold for its other alternatives, too.
        var options = "";
        do
        {
            alternatives.Add(Sequence(ref options));
        }
        while (TryTake('|'));
        return $"(?:{string.Join('|', alternatives)})";
    }

    /// <summary>Either a beginning of the first piece, or all of it and a beginning of the rest.</summary>
    string Sequence(ref string options)
    {
        List<Piece> pieces = [];
        if (options.Length > 0) pieces.Add(new Piece(options, null));
        while (!IsEnd && _pattern[_at] is not ('|' or ')'))
        {
            var piece = Quantified();
            if (piece.IsOptions) options += piece.Whole;
            pieces.Add(piece);
        }
        var prefix = "";
        for (var i = pieces.Count - 1; i >= 0; i--)
        {
            prefix = pieces[i] switch
            {
                { Beginning: null, Whole: var anchor } => $"(?:{anchor}{prefix})?",
                { Beginning: var beginning, Whole: var whole } => $"(?:{beginning}|{whole}{prefix})",
            };
        }
        return prefix;
    }

    Piece Quantified()
    {
        var piece = Atom();
        var start = _at;
        if (TryTake('*') || TryTake('+')) return Quantify(piece, start, ",");
        if (TryTake('?')) return Quantify(piece, start, "0");
        if (!IsEnd && _pattern[_at] == '{' && Counts() is { } counts) return Quantify(piece, start, counts);
        return piece;
    }

    /// <summary>Some whole repetitions and the beginning of another.</summary>
    Piece Quantify(in Piece piece, int start, string before)
    {
        TryTake('?');
        var whole = piece.Whole + _pattern[start.._at].ToString();
        if (piece.Beginning is null) return new Piece(whole, null);
        var repeated = before == "0" ? "" : $"(?:{piece.Whole}){{0{before}}}";
        return new Piece(whole, $"(?:{repeated}{piece.Beginning})");
    }

    /// <summary>Reads {n}, {n,} or {n,m}: how many repetitions can be whole before the last one, as ",most"; null when it is only text.</summary>
    string? Counts()
    {
        var length = _pattern[_at..].IndexOf('}');
        if (length < 0) return null;
        var inside = _pattern[(_at + 1)..(_at + length)];
        var comma = inside.IndexOf(',');
        var most = comma < 0 ? inside : inside[(comma + 1)..];
        if (!IsNumber(comma < 0 ? inside : inside[..comma]) || (most.Length > 0 && !IsNumber(most))) return null;
        _at += length + 1;
        if (most.IsEmpty) return ",";
        var number = int.Parse(most, CultureInfo.InvariantCulture);
        return number <= 1 ? "0" : $",{number - 1}";
    }

    Piece Atom()
    {
        var start = _at;
        switch (_pattern[_at++])
        {
            case '(': return Group(start);
            case '[': EndOfClass(); return One(start);
            case '\\': return Escape(start);
            case '^': return new Piece("^", null);
            // It also matches before a line feed that is the last character: whether it is, the next one tells.
            case '$': return new Piece("$", @"\n?");
            default: return One(start);
        }
    }

    Piece Group(int start)
    {
        var open = "(?:";
        if (TryTake('?'))
        {
            var kind = IsEnd ? default : _pattern[_at];
            if (kind == '#')
            {
                _at += _pattern[_at..].IndexOf(')') + 1;
                return new Piece("", null);
            }
            if (kind is '<' or '\'') _at += _pattern[(_at + 1)..].IndexOf(kind == '<' ? '>' : '\'') + 2;
            else open = Options(start);
            if (open.EndsWith(')')) return new Piece(open, null) { IsOptions = true };
        }
        var inner = Alternatives();
        if (!TryTake(')')) throw new ArgumentException("a parenthesis is not closed");
        return new Piece(_pattern[start.._at].ToString(), open == "(?:" ? inner : $"{open}{inner})");
    }

    /// <summary>The beginning of a group with options, <c>(?i:</c>, or all of one that only sets them, <c>(?i)</c>.</summary>
    string Options(int start)
    {
        while (!IsEnd && (char.IsAsciiLetter(_pattern[_at]) || _pattern[_at] == '-')) _at++;
        var options = _pattern[(start + 2).._at];
        if (options.Contains('x')) throw new ArgumentException("the option x is not supported here");
        if (!TryTake(':') && !TryTake(')')) throw new ArgumentException("a group of this kind is not supported here");
        return _pattern[start.._at].ToString();
    }

    Piece Escape(int start)
    {
        var escaped = IsEnd ? throw new ArgumentException("a pattern cannot end with \\") : _pattern[_at++];
        switch (escaped)
        {
            case 'b' or 'B' or 'A' or 'z': return new Piece($"\\{escaped}", null);
            case 'Z': return new Piece(@"\Z", @"\n?");
            case 'G': throw new ArgumentException("\\G is not supported here");
            case 'x': _at += 2; break;
            case 'u': _at += 4; break;
            case 'c': _at++; break;
            case 'p' or 'P': _at += _pattern[_at..].IndexOf('}') + 1; break;
            case >= '0' and <= '7':
                while (_at < start + 4 && !IsEnd && _pattern[_at] is >= '0' and <= '7') _at++;
                break;
        }
        return One(start);
    }

    /// <summary>Over the rest of a class, with the classes that are taken out of it.</summary>
    void EndOfClass()
    {
        if (!IsEnd && _pattern[_at] == '^') _at++;
        // A bracket that stands first is itself.
        if (!IsEnd && _pattern[_at] == ']') _at++;
        while (!IsEnd && _pattern[_at] != ']')
        {
            var c = _pattern[_at++];
            if (c == '\\') _at++;
            else if (c == '-' && TryTake('[')) EndOfClass();
        }
        _at++;
    }

    /// <summary>A piece of one character: it has begun when it is whole.</summary>
    readonly Piece One(int start)
    {
        var whole = _pattern[start.._at].ToString();
        return new Piece(whole, $"{whole}?");
    }

    bool TryTake(char c)
    {
        if (IsEnd || _pattern[_at] != c) return false;
        _at++;
        return true;
    }

    static bool IsNumber(ReadOnlySpan<char> text) => text.Length is > 0 and < 10 && text.IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>A piece of a sequence.</summary>
    /// <param name="Whole">Matches it.</param>
    /// <param name="Beginning">Matches its beginnings, the empty one included; null for what stands between characters.</param>
    readonly record struct Piece(string Whole, string? Beginning)
    {
        public bool IsOptions { get; init; }
    }
}
