using System.Buffers;

namespace Weir.Ai;

/// <summary>
/// Merges the bytes of one piece into tokens: of all neighbours that together are a token, always those of the lowest rank first, from the left. Short pieces
/// are searched from end to end each time; long ones go through a heap, so that a word of a million letters takes n log n and not n².
/// </summary>
static class BytePairMerge
{
    const int ShortBytesMax = 48;
    const int NoRank = int.MaxValue;

    /// <summary>Merges a piece.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="piece">At least two bytes that are no token as a whole.</param>
    /// <param name="tokens">Takes the tokens in order; null to count only.</param>
    /// <returns>Number of tokens.</returns>
    public static int Merge(BytePairVocabulary vocabulary, ReadOnlySpan<byte> piece, List<int>? tokens) =>
        piece.Length <= ShortBytesMax ? MergeShort(vocabulary, piece, tokens) : MergeLong(vocabulary, piece, tokens);

    static int MergeShort(BytePairVocabulary vocabulary, ReadOnlySpan<byte> piece, List<int>? tokens)
    {
        // Part i begins at starts[i]; ranks[i] is that of parts i and i + 1 together.
        Span<byte> starts = stackalloc byte[ShortBytesMax + 1];
        Span<int> ranks = stackalloc int[ShortBytesMax + 1];
        var parts = piece.Length;
        for (var i = 0; i <= parts; i++) starts[i] = (byte)i;
        for (var i = 0; i < parts - 1; i++) ranks[i] = RankOf(vocabulary, piece, i, i + 2);
        while (parts > 1)
        {
            var lowest = 0;
            for (var i = 1; i < parts - 1; i++)
                if (ranks[i] < ranks[lowest]) lowest = i;
            if (ranks[lowest] == NoRank) break;
            starts[(lowest + 2)..(parts + 1)].CopyTo(starts[(lowest + 1)..]);
            if (lowest + 2 < parts) ranks[(lowest + 2)..(parts - 1)].CopyTo(ranks[(lowest + 1)..]);
            parts--;
            if (lowest < parts - 1) ranks[lowest] = RankOf(vocabulary, piece, starts[lowest], starts[lowest + 2]);
            if (lowest > 0) ranks[lowest - 1] = RankOf(vocabulary, piece, starts[lowest - 1], starts[lowest + 1]);
        }
        if (tokens is not null)
            for (var i = 0; i < parts; i++) tokens.Add(vocabulary.Find(piece[starts[i]..starts[i + 1]]));
        return parts;
    }

    static int MergeLong(BytePairVocabulary vocabulary, ReadOnlySpan<byte> piece, List<int>? tokens)
    {
        var length = piece.Length;
        var ints = ArrayPool<int>.Shared.Rent((length + 1) * 3);
        // Every merge makes at most two new pairs, and there are fewer merges than bytes.
        var longs = ArrayPool<long>.Shared.Rent(length * 3);
        try
        {
            var next = ints.AsSpan(0, length + 1);
            var previous = ints.AsSpan(length + 1, length + 1);
            var ranks = ints.AsSpan(2 * (length + 1), length + 1);
            var heap = new PairHeap(longs);
            for (var i = 0; i <= length; i++) (next[i], previous[i]) = (i + 1, i - 1);
            ranks.Fill(NoRank);
            for (var i = 0; i < length - 1; i++) Consider(i, i + 2, vocabulary, piece, ranks, ref heap);
            var parts = length;
            while (heap.TryTake(out var rank, out var left))
            {
                // A pair that was taken apart by another merge has another rank now.
                if (ranks[left] != rank) continue;
                var right = next[left];
                var after = next[right];
                next[left] = after;
                previous[after] = left;
                ranks[right] = NoRank;
                ranks[left] = NoRank;
                parts--;
                if (after < length) Consider(left, next[after], vocabulary, piece, ranks, ref heap);
                if (left > 0) Consider(previous[left], after, vocabulary, piece, ranks, ref heap);
            }
            if (tokens is not null)
                for (var i = 0; i < length; i = next[i]) tokens.Add(vocabulary.Find(piece[i..next[i]]));
            return parts;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ints);
            ArrayPool<long>.Shared.Return(longs);
        }
    }

    static void Consider(int start, int end, BytePairVocabulary vocabulary, ReadOnlySpan<byte> piece, Span<int> ranks, ref PairHeap heap)
    {
        var rank = RankOf(vocabulary, piece, start, end);
        ranks[start] = rank;
        if (rank != NoRank) heap.Add(rank, start);
    }

    static int RankOf(BytePairVocabulary vocabulary, ReadOnlySpan<byte> piece, int start, int end)
    {
        var rank = vocabulary.Find(piece[start..end]);
        return rank < 0 ? NoRank : rank;
    }
}
