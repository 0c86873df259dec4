using System.Text;

namespace Weir.Gateway;

/// <summary>A pattern in .NET's dialect, and what is known about it.</summary>
/// <param name="Pattern">The pattern, every capturing group numbered explicitly.</param>
/// <param name="GroupNames">Name, or null, of group 1, 2, ….</param>
/// <param name="LiteralPrefix">What every match at the start begins with; may be empty.</param>
sealed record TranslatedRegex(string Pattern, IReadOnlyList<string?> GroupNames, string LiteralPrefix);

/// <summary>
/// Translates the regular expressions of Kong files (those that Kong's default router accepts: the syntax of Rust's regex crate) for .NET, and refuses
/// what that syntax does not have: look-around, back-references, atomic groups, conditionals.
/// </summary>
/// <remarks>
/// .NET numbers named groups after all unnamed ones; in Kong a group's number is its place. So every group gets its number written out.
/// Paths are matched in normal form (<see cref="PathNormalizer"/>), so a literal that is percent-encoded there ("é", a space) is encoded in the pattern.
/// </remarks>
ref struct RegexDialect
{
    const string EscapedLetters = "dDwWsSbBAznrtafvxupP";

    // Reserved characters are not among them: in Kong too, an encoded '?' or '#' is no literal one.
    const string EncodedLiterals = " \"<>`";
    const string EncodedWhenEscaped = EncodedLiterals + @"{}|^\";

    readonly ReadOnlySpan<char> _source;
    readonly bool _isPath;
    readonly StringBuilder _output = new();
    readonly List<string?> _names = [];
    int _at;
    int _depth;
    bool _alternatesAtTop;
    bool _ignoresSpace;

    RegexDialect(ReadOnlySpan<char> source, bool isPath)
    {
        _source = source;
        _isPath = isPath;
    }

    /// <summary>The translation. Throws <see cref="ArgumentException"/> with the reason for a construct that is refused.</summary>
    /// <param name="pattern">The pattern as Kong reads it.</param>
    /// <param name="isPath">Whether it is for a path in normal form.</param>
    public static TranslatedRegex Translate(string pattern, bool isPath)
    {
        var dialect = new RegexDialect(pattern, isPath);
        dialect.Run();
        return new(dialect._output.ToString(), dialect._names, dialect._alternatesAtTop ? "" : ReadLiteralPrefix(pattern));
    }

    void Run()
    {
        while (_at < _source.Length)
        {
            switch (_source[_at])
            {
                case '\\':
                    Escape(inClass: false);
                    break;
                case '[':
                    Class();
                    break;
                case '(':
                    _depth++;
                    Group();
                    break;
                case ')':
                    _depth--;
                    Copy(1);
                    break;
                case '|':
                    _alternatesAtTop |= _depth == 0;
                    Copy(1);
                    break;
                default:
                    if (!EncodeLiteral(_at, EncodedLiterals)) Copy(1);
                    break;
            }
        }
    }

    /// <summary>Writes the encoded form of a literal that a normal path only has encoded, or does nothing.</summary>
    bool EncodeLiteral(int at, string encoded)
    {
        var character = _source[at];
        if (!_isPath || (char.IsAscii(character) && !encoded.Contains(character))) return false;
        if (_ignoresSpace && at == _at && char.IsWhiteSpace(character)) return false;
        _ = Rune.DecodeFromUtf16(_source[at..], out var rune, out var consumed);
        // As one unit, so that a quantifier behind it means all of it. The slash keeps "." and ".." from being taken for segments.
        Replace(at - _at + consumed, $"(?:{PathNormalizer.Normalize("/" + rune)[1..]})");
        return true;
    }

    void Copy(int length)
    {
        _output.Append(_source.Slice(_at, length));
        _at += length;
    }

    readonly ArgumentException Refuse(string what) => new($"invalid regex '{_source}': {what} at position {_at} is not supported");

    void Escape(bool inClass)
    {
        if (_at + 1 == _source.Length) throw Refuse("a lone backslash");
        var escaped = _source[_at + 1];
        if (char.IsAsciiDigit(escaped)) throw Refuse("a back-reference or octal escape");
        if (char.IsAsciiLetter(escaped) && (!EscapedLetters.Contains(escaped) || (inClass && escaped is 'b' or 'B' or 'A' or 'z')))
            throw Refuse($"the escape '\\{escaped}'");
        if (!inClass && !char.IsAsciiLetterOrDigit(escaped) && EncodeLiteral(_at + 1, EncodedWhenEscaped)) return;
        if (escaped is 'x' or 'u' && _source[(_at + 2)..] is ['{', ..]) CodePoint();
        else if (escaped is 'p' or 'P' && _source[(_at + 2)..] is not ['{', ..]) ShortProperty(escaped);
        else if (escaped == '_') Replace(2, "_");
        else Copy(2);
    }

    void Replace(int length, string with)
    {
        _output.Append(with);
        _at += length;
    }

    /// <summary>"\x{1F}" and "\u{1F}", which .NET only knows with fixed digits.</summary>
    void CodePoint()
    {
        var digits = _source[(_at + 3)..];
        var end = digits.IndexOf('}');
        if (end <= 0 || !ushort.TryParse(digits[..end], System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code))
            throw Refuse("a code point beyond U+FFFF");
        Replace(3 + end + 1, $"\\u{code:X4}");
    }

    /// <summary>"\pL" is "\p{L}".</summary>
    void ShortProperty(char letter)
    {
        if (_at + 2 == _source.Length) throw Refuse("a property without name");
        Replace(3, $"\\{letter}{{{_source[_at + 2]}}}");
    }

    void Class()
    {
        Copy(1);
        if (_at < _source.Length && _source[_at] == '^') Copy(1);
        if (_at < _source.Length && _source[_at] == ']') Replace(1, "\\]");
        while (_at < _source.Length && _source[_at] != ']')
        {
            var rest = _source[_at..];
            if (rest[0] == '\\') Escape(inClass: true);
            else if (rest.StartsWith("[:")) PosixClass();
            else if (rest[0] == '[' || rest.StartsWith("&&") || rest.StartsWith("--") || rest.StartsWith("~~")) throw Refuse("a set inside a set");
            else Copy(1);
        }
        if (_at == _source.Length) throw Refuse("a set without end");
        Copy(1);
    }

    void PosixClass()
    {
        var end = _source[_at..].IndexOf(":]");
        var members = end < 0 ? null : _source.Slice(_at + 2, end - 2) switch
        {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => "\\x00-\\x7F",
            "blank" => "\\t ",
            "cntrl" => "\\x00-\\x1F\\x7F",
            "digit" => "0-9",
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => "!-/:-@\\[-`{-~",
            "space" => "\\t\\n\\v\\f\\r ",
            "upper" => "A-Z",
            "word" => "0-9A-Za-z_",
            "xdigit" => "0-9A-Fa-f",
            _ => null,
        };
        Replace(end + 2, members ?? throw Refuse("an unknown character class"));
    }

    void Group()
    {
        var rest = _source[_at..];
        if (!rest.StartsWith("(?"))
        {
            OpenGroup(1, null);
        }
        else if (rest.StartsWith("(?P<") || (rest.StartsWith("(?<") && rest.Length > 3 && rest[3] is not ('=' or '!')))
        {
            var start = rest[2] == 'P' ? 4 : 3;
            var length = rest[start..].IndexOf('>');
            if (length <= 0) throw Refuse("a group without name");
            var name = rest.Slice(start, length).ToString();
            if (_names.Contains(name)) throw Refuse($"a second group named '{name}'");
            OpenGroup(start + length + 1, name);
        }
        else
        {
            Flags(rest);
        }
    }

    void OpenGroup(int length, string? name)
    {
        _names.Add(name);
        Replace(length, $"(?<{_names.Count}>");
    }

    /// <summary>"(?:" and "(?i-s:" and "(?i)"; everything else that starts with "(?" is refused.</summary>
    void Flags(ReadOnlySpan<char> rest)
    {
        var length = 2;
        while (length < rest.Length && rest[length] is 'i' or 'm' or 's' or 'x' or '-') length++;
        if (length == rest.Length || rest[length] is not (':' or ')')) throw Refuse("look-around, or another kind of group,");
        _ignoresSpace |= rest[..length].Contains('x');
        if (rest[length] == ')') _depth--;
        Copy(length + 1);
    }

    static string ReadLiteralPrefix(ReadOnlySpan<char> pattern)
    {
        var literal = new StringBuilder();
        var at = 0;
        while (at < pattern.Length)
        {
            var escaped = pattern[at] == '\\' && at + 1 < pattern.Length && !char.IsAsciiLetterOrDigit(pattern[at + 1]);
            var character = escaped ? pattern[at + 1] : pattern[at];
            if ((!escaped && @"\.^$|?*+()[]{}".Contains(character)) || !PathNormalizer.IsKept(character)) break;
            var next = at + (escaped ? 2 : 1);
            // The last character before a quantifier may be absent.
            if (next < pattern.Length && pattern[next] is '?' or '*' or '{') break;
            literal.Append(character);
            at = next;
        }
        return literal.ToString();
    }
}
