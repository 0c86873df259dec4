using System.Globalization;
using System.Text;

namespace Weir.Config;

/// <content>Escapes, and sets in brackets.</content>
sealed partial class PatternParser
{
    PatternNode Escape()
    {
        _at++;
        if (AtEnd) throw Refuse("a lone backslash");
        var letter = _source[_at];
        PatternAssertion? assertion = letter switch
        {
            'A' => PatternAssertion.TextStart,
            'z' => PatternAssertion.TextEnd,
            'b' => PatternAssertion.WordBoundary,
            'B' => PatternAssertion.NoWordBoundary,
            _ => null,
        };
        if (assertion is { } found)
        {
            _at++;
            return new AssertionNode(found);
        }
        var set = new CharacterSet.Builder();
        return TryAddClass(set) ? Single(set.Build(negated: false, _flags.IgnoreCase)) : Literal(EscapedCharacter());
    }

    /// <summary>Adds what "\d", "\w", "\s" or "\p{…}" stand for; false, and nothing read, when the letter is none of them.</summary>
    bool TryAddClass(CharacterSet.Builder set)
    {
        var letter = _source[_at];
        if (letter is 'd' or 'D' or 'w' or 'W' or 's' or 'S')
        {
            _at++;
            set.AddNamed(letter);
            return true;
        }
        if (letter is not ('p' or 'P')) return false;
        _at++;
        if (AtEnd) throw Refuse("a property without name");
        var length = _source[_at] == '{' ? Rest.IndexOf('}') + 1 : 1;
        if (length == 0) throw Refuse("a property without end");
        var name = _source.Substring(_at, length).Trim('{', '}');
        if (!set.TryAddProperty(name, negated: letter == 'P')) throw Refuse("a property other than a general category");
        _at += length;
        return true;
    }

    /// <summary>The character that an escape stands for.</summary>
    Rune EscapedCharacter()
    {
        var letter = _source[_at];
        switch (letter)
        {
            case 'x':
                return CodePoint(digits: 2);
            case 'u':
                return CodePoint(digits: 4);
        }
        var simple = "nrtafv".IndexOf(letter);
        if (simple >= 0)
        {
            _at++;
            return new Rune("\n\r\t\a\f\v"[simple]);
        }
        if (char.IsAsciiDigit(letter)) throw Refuse("a back-reference or octal escape");
        if (!char.IsAscii(letter) || char.IsAsciiLetter(letter) || letter is '<' or '>') throw Refuse($"the escape '\\{letter}'");
        _at++;
        return new Rune(letter);
    }

    /// <summary>"x41", "x{41}", "u0041" or "u{41}".</summary>
    Rune CodePoint(int digits)
    {
        _at++;
        var start = 0;
        var length = digits;
        if (Rest is ['{', ..])
        {
            start = 1;
            length = Rest.IndexOf('}') - 1;
        }
        if (length <= 0 || start + length > Rest.Length || !TryParseHex(Rest.Slice(start, length), out var value)) throw Refuse("such a code point");
        _at += length + (start * 2);
        return new Rune(value);
    }

    static bool TryParseHex(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && Rune.IsValid(value);

    SetNode Class()
    {
        _at++;
        var negated = Take("^");
        var set = new CharacterSet.Builder();
        var first = true;
        while (!AtEnd && (first || _source[_at] != ']'))
        {
            first = false;
            Member(set);
        }
        if (!Take("]")) throw Refuse("a set without end");
        return Single(set.Build(negated, _flags.IgnoreCase));
    }

    void Member(CharacterSet.Builder set)
    {
        if (_flags.Verbose && char.IsWhiteSpace(_source[_at]))
        {
            _at++;
            return;
        }
        if (Rest.StartsWith("[:", StringComparison.Ordinal))
        {
            PosixClass(set);
            return;
        }
        if (Rest is ['[', ..] or ['&', '&', ..] or ['-', '-', ..] or ['~', '~', ..]) throw Refuse("a set inside a set");
        if (MemberCharacter(set) is not { } from) return;
        if (Rest is not ['-', not ']', ..])
        {
            set.Add(from, from);
            return;
        }
        _at++;
        if (MemberCharacter(set) is not { } to || to < from) throw Refuse("such a range");
        set.Add(from, to);
    }

    /// <summary>One character of a set, or null when an escape added several.</summary>
    char? MemberCharacter(CharacterSet.Builder set)
    {
        if (AtEnd) throw Refuse("a set without end");
        Rune rune;
        if (Take("\\"))
        {
            if (AtEnd) throw Refuse("a lone backslash");
            if (TryAddClass(set)) return null;
            rune = EscapedCharacter();
        }
        else
        {
            _ = Rune.DecodeFromUtf16(Rest, out rune, out var length);
            _at += length;
        }
        return rune.IsBmp ? (char)rune.Value : throw Refuse("a character beyond U+FFFF in a set");
    }

    void PosixClass(CharacterSet.Builder set)
    {
        var length = Rest.IndexOf(":]");
        var members = length < 2 ? null : Rest[2..length] switch
        {
            "alnum" => "09AZaz",
            "alpha" => "AZaz",
            "ascii" => "\0\u007f",
            "blank" => "\t\t  ",
            "cntrl" => "\0\u001f\u007f\u007f",
            "digit" => "09",
            "graph" => "!~",
            "lower" => "az",
            "print" => " ~",
            "punct" => "!/:@[`{~",
            "space" => "\t\r  ",
            "upper" => "AZ",
            "word" => "09AZaz__",
            "xdigit" => "09AFaf",
            _ => null,
        };
        if (members is null) throw Refuse("an unknown character class");
        // Pairs of first and last.
        for (var i = 0; i < members.Length; i += 2) set.Add(members[i], members[i + 1]);
        _at += length + 2;
    }
}
