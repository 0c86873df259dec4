namespace Weir.Config;

/// <summary>Finds the word that was probably meant.</summary>
static class Suggestion
{
    const int WordCharsMax = 64;
    const int KnownMax = 5_000;

    /// <summary><c>; did you mean 'paths'?</c>, or nothing when no known word is near.</summary>
    public static string For(string word, IEnumerable<string> known)
    {
        if (word.Length > WordCharsMax)
            return "";
        string? best = null;
        var bestDistance = Math.Max(1, word.Length / 4) + 1;
        foreach (var candidate in known.Take(KnownMax))
        {
            if (Math.Abs(candidate.Length - word.Length) >= bestDistance)
                continue;
            var distance = Distance(word, candidate);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best is null ? "" : $"; did you mean '{best}'?";
    }

    // Levenshtein, where two neighbours that changed places count once. Three rows of the matrix are enough.
    static int Distance(string a, string b)
    {
        var (before, above, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            (before, above, row) = (above, row, before);
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
        }
        return row[b.Length];
    }
}
