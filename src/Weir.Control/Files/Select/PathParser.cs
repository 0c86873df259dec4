using System.Globalization;
using System.Text;

namespace Weir.Control;

/// <summary>Reads RFC 9535's grammar. The first thing that does not fit is refused, with its place.</summary>
sealed partial class PathParser(string text)
{
    /// <summary>Integers that JSON can carry exactly.</summary>
    const long IntegerMax = (1L << 53) - 1;

    /// <summary>Filters inside of filters.</summary>
    const int DepthMax = 64;

    int _at;
    int _depth;

    public PathQuery Parse()
    {
        if (!TryTake('$')) throw Refused("a query begins with '$'");
        var query = Query(fromRoot: true);
        return _at == text.Length ? query : throw Refused("the end of the query, '.' or '[' is expected");
    }

    PathQuery Query(bool fromRoot)
    {
        var segments = new List<PathSegment>();
        while (true)
        {
            var before = _at;
            SkipBlanks();
            if (Peek() is '[') segments.Add(new PathSegment(false, Brackets()));
            else if (TryTake("..")) segments.Add(new PathSegment(true, Peek() is '[' ? Brackets() : [Shorthand()]));
            else if (TryTake('.')) segments.Add(new PathSegment(false, [Shorthand()]));
            else
            {
                _at = before;
                return new PathQuery(fromRoot, segments);
            }
        }
    }

    PathStep Shorthand()
    {
        if (TryTake('*')) return new WildcardStep();
        var start = _at;
        while (_at < text.Length && IsNameChar(text[_at], first: _at == start)) _at++;
        return _at > start ? new NameStep(text[start.._at]) : throw Refused("a name or '*' is expected");
    }

    static bool IsNameChar(char c, bool first) => char.IsAsciiLetter(c) || c is '_' or >= '\u0080' || (!first && char.IsAsciiDigit(c));

    List<PathStep> Brackets()
    {
        if (++_depth > DepthMax) throw Refused($"nested deeper than {DepthMax} levels");
        Take('[');
        var steps = new List<PathStep>();
        do
        {
            SkipBlanks();
            steps.Add(Step());
            SkipBlanks();
        }
        while (TryTake(','));
        Take(']');
        _depth--;
        return steps;
    }

    PathStep Step()
    {
        switch (Peek())
        {
            case '*':
                _at++;
                return new WildcardStep();
            case '\'' or '"':
                return new NameStep(Quoted());
            case '?':
                _at++;
                SkipBlanks();
                return new FilterStep(Condition());
            default:
                return IndexOrSlice();
        }
    }

    PathStep IndexOrSlice()
    {
        var start = Integer();
        var afterStart = _at;
        SkipBlanks();
        if (!TryTake(':'))
        {
            _at = afterStart;
            return new IndexStep(start ?? throw Refused("a name in quotes, an index, a slice, '*' or '?' is expected"));
        }
        SkipBlanks();
        var end = Integer();
        SkipBlanks();
        long? step = null;
        if (TryTake(':'))
        {
            SkipBlanks();
            step = Integer();
        }
        return new SliceStep(start, end, step ?? 1);
    }

    long? Integer()
    {
        var start = _at;
        TryTake('-');
        var digits = _at;
        while (Peek() is >= '0' and <= '9') _at++;
        if (_at == start) return null;
        var number = text.AsSpan(digits, _at - digits);
        if (number.Length == 0 || (number.Length > 1 && number[0] == '0') || (number is "0" && digits > start)) throw Refused("an integer is expected");
        if (!long.TryParse(text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || Math.Abs(value) > IntegerMax)
            throw Refused($"an integer of at most {IntegerMax} is expected");
        return value;
    }

    string Quoted()
    {
        var quote = text[_at++];
        var value = new StringBuilder();
        while (true)
        {
            if (_at >= text.Length) throw Refused($"the closing {quote} is missing");
            var c = text[_at++];
            if (c == quote) return value.ToString();
            if (c < ' ') throw Refused("control characters are written as escapes", 1);
            value.Append(c == '\\' ? Escape(quote) : c.ToString());
        }
    }

    string Escape(char quote)
    {
        var c = _at < text.Length ? text[_at++] : '\0';
        switch (c)
        {
            case 'b': return "\b";
            case 'f': return "\f";
            case 'n': return "\n";
            case 'r': return "\r";
            case 't': return "\t";
            case '/' or '\\': return c.ToString();
            case 'u':
                var unit = Hex();
                if (!char.IsSurrogate(unit)) return unit.ToString();
                if (char.IsLowSurrogate(unit) || !TryTake("\\u")) throw Refused("half of a surrogate pair");
                var low = Hex();
                return char.IsLowSurrogate(low) ? new string([unit, low]) : throw Refused("half of a surrogate pair");
            default: return c == quote ? c.ToString() : throw Refused($"'\\{c}' is no escape", 1);
        }
    }

    char Hex()
    {
        if (_at + 4 > text.Length || !ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            throw Refused("four hexadecimal digits are expected");
        _at += 4;
        return (char)unit;
    }

    char Peek() => _at < text.Length ? text[_at] : '\0';

    void SkipBlanks()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r') _at++;
    }

    bool TryTake(char c)
    {
        if (Peek() != c || _at >= text.Length) return false;
        _at++;
        return true;
    }

    bool TryTake(string word)
    {
        if (!text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal)) return false;
        _at += word.Length;
        return true;
    }

    void Take(char c)
    {
        if (!TryTake(c)) throw Refused($"'{c}' is expected");
    }

    FormatException Refused(string message, int back = 0) =>
        new($"{message} at character {_at - back + 1}{(_at - back < text.Length ? $", found '{text[_at - back]}'" : ", where it ends")}");
}
