using System.Globalization;
using System.Text;

namespace Weir.Ai;

/// <summary>What the patterns that divide text into words know of a character.</summary>
[Flags]
enum RuneClass : byte
{
    /// <summary>Punctuation, symbols, controls, what is not assigned.</summary>
    None = 0,

    /// <summary>Lu and Lt.</summary>
    Upper = 1,

    /// <summary>Ll.</summary>
    Lower = 2,

    /// <summary>Lm and Lo.</summary>
    OtherLetter = 4,

    /// <summary>M.</summary>
    Mark = 8,

    /// <summary>N.</summary>
    Number = 16,

    /// <summary>White_Space.</summary>
    Space = 32,

    /// <summary>CR and LF; they are spaces too.</summary>
    NewLine = 64,

    Letter = Upper | Lower | OtherLetter,
}

/// <summary>Reads characters of UTF-8 text by class.</summary>
static class RuneClasses
{
    static ReadOnlySpan<RuneClass> Ascii => AsciiTable;

    static readonly RuneClass[] AsciiTable = [.. Enumerable.Range(0, 128).Select(static c => Of(new Rune(c)))];

    /// <summary>The class of the character at a place, and its length in bytes. A byte that is not UTF-8 is a character of no class.</summary>
    public static RuneClass At(ReadOnlySpan<byte> text, int index, out int length)
    {
        var first = text[index];
        if (first < 0x80)
        {
            length = 1;
            return Ascii[first];
        }
        Rune.DecodeFromUtf8(text[index..], out var rune, out length);
        return Of(rune);
    }

    /// <summary>End of the run of characters from a place on that have one of the classes.</summary>
    public static int EndOfRun(ReadOnlySpan<byte> text, int index, RuneClass classes)
    {
        while (index < text.Length && (At(text, index, out var length) & classes) != 0) index += length;
        return index;
    }

    public static RuneClass Of(Rune rune)
    {
        if (rune.Value is '\r' or '\n') return RuneClass.NewLine | RuneClass.Space;
        if (Rune.IsWhiteSpace(rune)) return RuneClass.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => RuneClass.Upper,
            UnicodeCategory.LowercaseLetter => RuneClass.Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => RuneClass.OtherLetter,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => RuneClass.Mark,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => RuneClass.Number,
            _ => RuneClass.None,
        };
    }
}
