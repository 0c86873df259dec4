namespace Weir.Ai;

/// <summary>
/// Divides UTF-8 text into the pieces that a vocabulary encodes one by one: what its published regular expression would match, found in one pass without
/// backtracking. The expressions differ in what a word is; numbers, punctuation and white space they share.
/// </summary>
abstract class WordSplitter
{
    const int DigitsMax = 3;

    /// <summary>End of the piece that starts at a place before the end of the text.</summary>
    public int Next(ReadOnlySpan<byte> text, int start)
    {
        var first = RuneClasses.At(text, start, out var length);
        var end = Word(text, start, first, length);
        if (end > start) return end;
        if ((first & RuneClass.Number) != 0) return EndOfNumber(text, start + length);
        end = EndOfPunctuation(text, start, first);
        return end > start ? end : EndOfSpace(text, start);
    }

    /// <summary>End of the word that starts at a place; the place itself when there is none.</summary>
    protected abstract int Word(ReadOnlySpan<byte> text, int start, RuneClass first, int length);

    /// <summary>Whether a byte belongs to the end of punctuation: line ends, in o200k also a slash.</summary>
    protected abstract bool EndsPunctuation(byte next);

    /// <summary>Whether a character may stand before a word as part of it: <c>[^\r\n\p{L}\p{N}]</c>.</summary>
    protected static bool IsPrefix(RuneClass first) => (first & (RuneClass.Letter | RuneClass.Number | RuneClass.NewLine)) == 0;

    /// <summary>End of <c>'s</c>, <c>'t</c>, <c>'re</c>, <c>'ve</c>, <c>'m</c>, <c>'ll</c> or <c>'d</c> at a place; the place itself for none.</summary>
    protected static int EndOfContraction(ReadOnlySpan<byte> text, int index)
    {
        var rest = text[index..];
        if (rest.Length < 2 || rest[0] != '\'') return index;
        var first = rest[1] | 0x20;
        if (first is 's' or 't' or 'm' or 'd') return index + 2;
        if (rest.Length < 3) return index;
        return (first, rest[2] | 0x20) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? index + 3 : index;
    }

    // \p{N}{1,3}
    static int EndOfNumber(ReadOnlySpan<byte> text, int index)
    {
        for (var digits = 1; digits < DigitsMax && index < text.Length; digits++)
        {
            if ((RuneClasses.At(text, index, out var length) & RuneClass.Number) == 0) break;
            index += length;
        }
        return index;
    }

    //  ?[^\s\p{L}\p{N}]+[\r\n/]*
    int EndOfPunctuation(ReadOnlySpan<byte> text, int start, RuneClass first)
    {
        const RuneClass none = RuneClass.Letter | RuneClass.Number | RuneClass.Space;
        var from = text[start] == ' ' ? start + 1 : start;
        if (from == start && (first & none) != 0) return start;
        var end = from;
        while (end < text.Length && (RuneClasses.At(text, end, out var length) & none) == 0) end += length;
        if (end == from) return start;
        while (end < text.Length && EndsPunctuation(text[end])) end++;
        return end;
    }

    // \s*[\r\n]+|\s+(?!\S)|\s+
    static int EndOfSpace(ReadOnlySpan<byte> text, int start)
    {
        int end = start, beforeLast = start, afterLine = -1;
        while (end < text.Length)
        {
            var next = RuneClasses.At(text, end, out var length);
            if ((next & RuneClass.Space) == 0) break;
            beforeLast = end;
            end += length;
            if ((next & RuneClass.NewLine) != 0) afterLine = end;
        }
        if (afterLine >= 0) return afterLine;
        return end == text.Length || beforeLast == start ? end : beforeLast;
    }
}
