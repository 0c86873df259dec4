using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Ai;

/// <summary>
/// Counts the tokens of text as the models of a vocabulary do, and allocates nothing for it. Texts of special tokens (<c>&lt;|endoftext|&gt;</c>) are text like
/// any other: what a user writes is never a control token. Safe for any number of threads.
/// </summary>
sealed class BytePairEncoder(BytePairVocabulary vocabulary, WordSplitter splitter)
{
    /// <summary>Longest piece that is merged as one. A longer word, which no language has, is taken in parts: at most a few tokens more per part.</summary>
    public const int PieceBytesMax = 64 * 1024;

    /// <summary>Characters that are turned into UTF-8 at a time, where the text has a place to be cut.</summary>
    const int WindowChars = 16 * 1024;

    /// <summary>Number of tokens of a text. A surrogate without its other half counts as U+FFFD.</summary>
    public long Count(ReadOnlySpan<char> text)
    {
        var total = 0L;
        while (!text.IsEmpty)
        {
            var window = text[..WindowOf(text)];
            total += CountWindow(window);
            text = text[window.Length..];
        }
        return total;
    }

    /// <summary>Number of tokens of UTF-8 text. Bytes that are not UTF-8 count as they are.</summary>
    public long Count(ReadOnlySpan<byte> utf8)
    {
        var total = 0L;
        var index = 0;
        while (index < utf8.Length)
        {
            var end = splitter.Next(utf8, index);
            total += CountPiece(utf8[index..end], null);
            index = end;
        }
        return total;
    }

    /// <summary>The tokens of a text.</summary>
    public List<int> Encode(string text)
    {
        List<int> tokens = [];
        ReadOnlySpan<byte> utf8 = Encoding.UTF8.GetBytes(text);
        for (var index = 0; index < utf8.Length;)
        {
            var end = splitter.Next(utf8, index);
            CountPiece(utf8[index..end], tokens);
            index = end;
        }
        return tokens;
    }

    long CountWindow(ReadOnlySpan<char> window)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(window.Length));
        try
        {
            return Count(buffer.AsSpan(0, Encoding.UTF8.GetBytes(window, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    long CountPiece(ReadOnlySpan<byte> piece, List<int>? tokens)
    {
        var total = 0L;
        while (piece.Length > PieceBytesMax)
        {
            total += BytePairMerge.Merge(vocabulary, piece[..PieceBytesMax], tokens);
            piece = piece[PieceBytesMax..];
        }
        var rank = vocabulary.Find(piece);
        if (rank < 0) return total + BytePairMerge.Merge(vocabulary, piece, tokens);
        tokens?.Add(rank);
        return total + 1;
    }

    /// <summary>Length of the first part of a text that can be counted on its own; all of it where no place to cut is found.</summary>
    static int WindowOf(ReadOnlySpan<char> text)
    {
        for (var window = WindowChars; window < text.Length; window *= 2)
            for (var cut = window; cut > window / 2; cut--)
                if (char.IsLetterOrDigit(text[cut - 1]) && EndsWord(text[cut])) return cut;
        return text.Length;
    }

    // No piece of any vocabulary goes from a letter or digit over one of these. An apostrophe may begin a contraction, and a surrogate be a letter.
    static bool EndsWord(char c) => char.IsWhiteSpace(c) || (char.GetUnicodeCategory(c) is UnicodeCategory.OtherPunctuation
        or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation && c != '\'');
}
