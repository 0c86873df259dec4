using System.Globalization;

namespace Weir.Config;

/// <summary>A set of characters: a bitmap for ASCII, ranges and Unicode categories for the rest.</summary>
sealed class CharacterSet
{
    const int AsciiMax = 127;

    readonly UInt128 _ascii;
    readonly (char From, char To)[] _ranges;
    readonly uint _categories;
    readonly bool _negated;
    readonly bool _ignoresCase;

    CharacterSet(UInt128 ascii, (char From, char To)[] ranges, uint categories, bool negated, bool ignoresCase)
    {
        _ascii = ascii;
        _ranges = ranges;
        _categories = categories;
        _negated = negated;
        _ignoresCase = ignoresCase;
    }

    public bool Contains(char c) => c <= AsciiMax ? ((_ascii >> c) & 1) != 0 : ContainsBeyondAscii(c) != _negated;

    bool ContainsBeyondAscii(char c) =>
        IsListed(c) || (_ignoresCase && (IsListed(char.ToUpperInvariant(c)) || IsListed(char.ToLowerInvariant(c))));

    bool IsListed(char c)
    {
        foreach (var (from, to) in _ranges)
            if (c >= from && c <= to) return true;
        return (_categories & CategoryBit(CharUnicodeInfo.GetUnicodeCategory(c))) != 0;
    }

    static uint CategoryBit(UnicodeCategory category) => 1u << (int)category;

    /// <summary>Collects what a set contains.</summary>
    public sealed class Builder
    {
        static readonly uint s_digits = CategoryBit(UnicodeCategory.DecimalDigitNumber);
        static readonly uint s_spaces = Categories("Z");
        static readonly uint s_word = Categories("L") | Categories("M") | s_digits | CategoryBit(UnicodeCategory.ConnectorPunctuation);

        readonly List<(char From, char To)> _ranges = [];
        uint _categories;

        public Builder Add(char from, char to)
        {
            _ranges.Add((from, to));
            return this;
        }

        /// <summary>Adds "d", "w" or "s", or with a capital letter everything else.</summary>
        public Builder AddNamed(char letter)
        {
            var set = char.ToLowerInvariant(letter) switch { 'd' => s_digits, 'w' => s_word, _ => s_spaces };
            if (letter == 's') Add('\t', '\r').Add('\u0085', '\u0085');
            if (letter != 'S') return AddCategories(char.IsUpper(letter) ? ~set : set);
            // The control characters are one category, white space or not.
            Add('\0', '\u0008').Add('\u000e', '\u001f').Add('\u007f', '\u0084').Add('\u0086', '\u009f');
            return AddCategories(~(set | CategoryBit(UnicodeCategory.Control)));
        }

        /// <summary>Adds the characters of a category ("Lu") or of a group of categories ("L"). False when there is none of that name.</summary>
        public bool TryAddProperty(string name, bool negated)
        {
            var categories = Categories(name);
            AddCategories(negated ? ~categories : categories);
            return categories != 0;
        }

        public CharacterSet Build(bool negated, bool ignoresCase)
        {
            UInt128 ascii = 0;
            for (var c = '\0'; c <= AsciiMax; c++)
                if (IsListed(c) || (ignoresCase && (IsListed(char.ToUpperInvariant(c)) || IsListed(char.ToLowerInvariant(c))))) ascii |= UInt128.One << c;
            return new(negated ? ~ascii : ascii, [.. _ranges.Where(static range => range.To > AsciiMax)], _categories, negated, ignoresCase);
        }

        bool IsListed(char c) =>
            _ranges.Exists(range => c >= range.From && c <= range.To) || (_categories & CategoryBit(CharUnicodeInfo.GetUnicodeCategory(c))) != 0;

        Builder AddCategories(uint categories)
        {
            _categories |= categories;
            return this;
        }

        /// <summary>The two-letter names of the general categories, in the order of <see cref="UnicodeCategory"/>.</summary>
        static uint Categories(string name)
        {
            const string Names = "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSoCn";
            uint found = 0;
            for (var i = 0; i < Names.Length / 2; i++)
                if (name.Length is 1 or 2 && Names.AsSpan(i * 2, name.Length).SequenceEqual(name)) found |= 1u << i;
            return found;
        }
    }
}
