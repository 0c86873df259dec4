using System.Globalization;
using System.Text;

namespace Weir.Config;

/// <summary>
/// Reads the regular expressions of Kong files: the syntax of Rust's regex crate, which Kong's default router has. It has no look-around, no
/// back-references, no atomic groups and no conditionals; they are refused with the reason.
/// </summary>
/// <remarks>
/// Paths are matched in normal form (<see cref="PathNormalizer"/>), so in a path's expression a literal that is percent-encoded there ("é", a space)
/// stands for its encoded form.
/// </remarks>
sealed partial class PatternParser
{
    const int NestingMax = 250;
    const int RepeatMax = 1000;

    // Reserved characters are not among them: in Kong too, an encoded '?' or '#' is no literal one.
    const string EncodedLiterals = " \"<>`{}|^\\";

    static readonly CharacterSet s_any = new CharacterSet.Builder().Build(negated: true, ignoresCase: false);
    static readonly CharacterSet s_anyButNewline = new CharacterSet.Builder().Add('\n', '\n').Build(negated: true, ignoresCase: false);

    readonly string _source;
    readonly bool _isPath;
    readonly List<string?> _names = [];
    Flags _flags;
    int _at;
    int _nesting;

    PatternParser(string source, bool isPath, bool ignoresCase)
    {
        _source = source;
        _isPath = isPath;
        _flags = new(ignoresCase, MultiLine: false, DotAll: false, Verbose: false);
    }

    readonly record struct Flags(bool IgnoreCase, bool MultiLine, bool DotAll, bool Verbose);

    /// <summary>Reads an expression. Throws <see cref="ArgumentException"/> with reason and position for one that is none.</summary>
    /// <param name="source">The expression.</param>
    /// <param name="isPath">Whether it is for a path in normal form.</param>
    /// <param name="ignoresCase">Whether case counts as little as under the flag "i".</param>
    /// <returns>The expression, and the name (or null) of group 1, 2, ….</returns>
    public static (PatternNode Root, IReadOnlyList<string?> GroupNames) Parse(string source, bool isPath, bool ignoresCase)
    {
        var parser = new PatternParser(source, isPath, ignoresCase);
        var root = parser.Choice();
        if (parser._at < source.Length) throw parser.Refuse("a parenthesis that nothing opened");
        return (root, parser._names);
    }

    bool AtEnd => _at == _source.Length;

    ReadOnlySpan<char> Rest => _source.AsSpan(_at);

    ArgumentException Refuse(string what) => new($"{what} at position {_at} is not supported");

    bool Take(string text)
    {
        if (!Rest.StartsWith(text, StringComparison.Ordinal)) return false;
        _at += text.Length;
        return true;
    }

    PatternNode Choice()
    {
        if (++_nesting > NestingMax) throw Refuse($"nesting deeper than {NestingMax}");
        var options = new List<PatternNode> { Sequence() };
        while (Take("|")) options.Add(Sequence());
        _nesting--;
        return options.Count == 1 ? options[0] : new ChoiceNode(options);
    }

    SequenceNode Sequence()
    {
        var parts = new List<PatternNode>();
        SkipVerbose();
        while (!AtEnd && _source[_at] is not ('|' or ')'))
        {
            parts.Add(Repeated(Atom()));
            SkipVerbose();
        }
        return new(parts);
    }

    void SkipVerbose()
    {
        if (!_flags.Verbose) return;
        while (!AtEnd && (char.IsWhiteSpace(_source[_at]) || _source[_at] == '#'))
        {
            var comment = _source[_at] == '#' ? _source.IndexOf('\n', _at) : _at;
            _at = comment < 0 ? _source.Length : comment + 1;
        }
    }

    PatternNode Repeated(PatternNode atom)
    {
        SkipVerbose();
        while (!AtEnd && _source[_at] is '*' or '+' or '?' or '{')
        {
            var (min, max) = _source[_at] switch { '*' => (0, RepeatNode.Unbounded), '+' => (1, RepeatNode.Unbounded), '?' => (0, 1), _ => Counts() };
            _at++;
            var lazy = Take("?");
            if (++_nesting > NestingMax) throw Refuse($"nesting deeper than {NestingMax}");
            atom = new RepeatNode(atom, min, max, !lazy);
            SkipVerbose();
        }
        return atom;
    }

    /// <summary>"{2}", "{2,}" or "{2,5}"; stops at the closing brace.</summary>
    (int Min, int Max) Counts()
    {
        var end = Rest.IndexOf('}');
        if (end < 0) throw Refuse("a brace without end");
        var text = Rest[1..end];
        var comma = text.IndexOf(',');
        var min = Count(comma < 0 ? text : text[..comma]);
        var max = comma < 0 ? min : comma == text.Length - 1 ? RepeatNode.Unbounded : Count(text[(comma + 1)..]);
        if (max != RepeatNode.Unbounded && max < min) throw Refuse("a repetition of at most fewer than at least");
        _at += end;
        return (min, max);
    }

    int Count(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= RepeatMax
            ? count
            : throw Refuse($"a repetition other than 0 to {RepeatMax} times");

    PatternNode Atom()
    {
        switch (_source[_at])
        {
            case '(':
                return Group();
            case '[':
                return Class();
            case '\\':
                return Escape();
            case '.':
                _at++;
                return Single(_flags.DotAll ? s_any : s_anyButNewline);
            case '^':
                _at++;
                return new AssertionNode(_flags.MultiLine ? PatternAssertion.LineStart : PatternAssertion.TextStart);
            case '$':
                _at++;
                return new AssertionNode(_flags.MultiLine ? PatternAssertion.LineEnd : PatternAssertion.TextEnd);
            case '*' or '+' or '?' or '{':
                throw Refuse("a repetition of nothing");
            default:
                return Literal();
        }
    }

    static SetNode Single(CharacterSet set) => new(set);

    /// <summary>A character that stands for itself, which may be two of UTF-16, or its percent-encoded form.</summary>
    PatternNode Literal()
    {
        _ = Rune.DecodeFromUtf16(Rest, out var rune, out var length);
        _at += length;
        return Literal(rune);
    }

    PatternNode Literal(Rune rune)
    {
        var text = rune.ToString();
        if (_isPath && (!rune.IsAscii || EncodedLiterals.Contains(text, StringComparison.Ordinal)))
            return new LiteralNode(PathNormalizer.Normalize("/" + text)[1..]);
        return _flags.IgnoreCase && rune.IsBmp
            ? new SetNode(new CharacterSet.Builder().Add(text[0], text[0]).Build(negated: false, ignoresCase: true))
            : new LiteralNode(text);
    }

    PatternNode Group()
    {
        _at++;
        var outer = _flags;
        int? number = null;
        if (Take("?P<") || (Rest is not ['?', '<', '=' or '!', ..] && Take("?<"))) number = Name();
        else if (!Take("?")) number = AddGroup(null);
        else if (ReadFlags()) return new SequenceNode([]);

        var inner = Choice();
        if (!Take(")")) throw Refuse("a group without end");
        _flags = outer;
        return number is { } captured ? new CaptureNode(captured, inner) : inner;
    }

    int Name()
    {
        var length = Rest.IndexOf('>');
        if (length <= 0) throw Refuse("a group without name");
        var name = _source.Substring(_at, length);
        if (!name.All(static c => char.IsLetterOrDigit(c) || c is '_' or '.' or '[' or ']') || char.IsDigit(name[0])) throw Refuse("such a name of a group");
        if (_names.Contains(name)) throw Refuse($"a second group named '{name}'");
        _at += length + 1;
        return AddGroup(name);
    }

    int AddGroup(string? name)
    {
        _names.Add(name);
        return _names.Count;
    }

    /// <summary>"i-s:" of "(?i-s:…)", or "i)" of "(?i)": true for the latter, which is complete. Everything else that starts with "(?" ends here.</summary>
    bool ReadFlags()
    {
        var on = true;
        for (; !AtEnd && _source[_at] is not (':' or ')'); _at++)
        {
            _flags = _source[_at] switch
            {
                'i' => _flags with { IgnoreCase = on },
                'm' => _flags with { MultiLine = on },
                's' => _flags with { DotAll = on },
                'x' => _flags with { Verbose = on },
                'u' when on => _flags,
                '-' when on => _flags,
                _ => throw Refuse("look-around, or another kind of group,"),
            };
            if (_source[_at] == '-') on = false;
        }
        if (AtEnd) throw Refuse("a group without end");
        return _source[_at++] == ')';
    }
}
