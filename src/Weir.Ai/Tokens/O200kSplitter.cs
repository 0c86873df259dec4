namespace Weir.Ai;

/// <summary>
/// Words of o200k_base. With U for <c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c>, L for <c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c>, P for <c>[^\r\n\p{L}\p{N}]</c> and c for the
/// contractions: <c>P?U*L+c?|P?U+L*c?</c>. A mark can be prefix, U and L at once, which is why the order of the attempts matters.
/// </summary>
sealed class O200kSplitter : WordSplitter
{
    const RuneClass Uppers = RuneClass.Upper | RuneClass.OtherLetter | RuneClass.Mark;
    const RuneClass Lowers = RuneClass.Lower | RuneClass.OtherLetter | RuneClass.Mark;

    protected override int Word(ReadOnlySpan<byte> text, int start, RuneClass first, int length)
    {
        var isPrefix = IsPrefix(first);
        var isMark = (first & RuneClass.Mark) != 0;
        var after = start + length;
        var end = -1;
        if (isPrefix) end = EndingLower(text, after);
        if (end < 0 && (!isPrefix || isMark)) end = EndingLower(text, start);
        if (end < 0 && isPrefix) end = StartingUpper(text, after);
        if (end < 0 && (!isPrefix || isMark)) end = StartingUpper(text, start);
        return end < 0 ? start : EndOfContraction(text, end);
    }

    protected override bool EndsPunctuation(byte next) => next is (byte)'\r' or (byte)'\n' or (byte)'/';

    // U*L+: all of the first run, then all of the second; where no L follows the first run, its last character that is L as well ends the word.
    static int EndingLower(ReadOnlySpan<byte> text, int start)
    {
        var index = start;
        var afterLower = -1;
        while (index < text.Length)
        {
            var next = RuneClasses.At(text, index, out var length);
            if ((next & Uppers) == 0) return (next & RuneClass.Lower) != 0 ? RuneClasses.EndOfRun(text, index, Lowers) : afterLower;
            index += length;
            if ((next & Lowers) != 0) afterLower = index;
        }
        return afterLower;
    }

    // U+L*: reached only where U*L+ has failed, so no L follows.
    static int StartingUpper(ReadOnlySpan<byte> text, int start)
    {
        var end = RuneClasses.EndOfRun(text, start, Uppers);
        return end > start ? end : -1;
    }
}
