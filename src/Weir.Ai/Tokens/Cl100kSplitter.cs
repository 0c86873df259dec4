namespace Weir.Ai;

/// <summary>
/// Words of cl100k_base: <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+</c>.
/// </summary>
sealed class Cl100kSplitter : WordSplitter
{
    protected override int Word(ReadOnlySpan<byte> text, int start, RuneClass first, int length)
    {
        var contraction = EndOfContraction(text, start);
        if (contraction > start) return contraction;
        var from = IsPrefix(first) ? start + length : start;
        var end = RuneClasses.EndOfRun(text, from, RuneClass.Letter);
        return end > from ? end : start;
    }

    protected override bool EndsPunctuation(byte next) => next is (byte)'\r' or (byte)'\n';
}
