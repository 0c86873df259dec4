using System.Text;

namespace Weir.Ai.Tests;

/// <summary>Byte-pair encoding as it is explained: merge the lowest rank, start again. For one piece.</summary>
static class ReferenceEncoder
{
    public static Task<Dictionary<string, int>> O200kAsync() => Ranks.Value;

    static readonly Lazy<Task<Dictionary<string, int>>> Ranks = new(static () => Task.Run(static () =>
    {
        var lines = File.ReadLines(Path.Combine(TokenCase.Folder, "..", "..", "..", "src", "Weir.Ai", "Tokens", "Vocabularies", "o200k_base.txt"));
        return lines.Where(static line => !line.StartsWith('#')).SelectMany(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(static (token, rank) => (Token: Encoding.Latin1.GetString(Convert.FromBase64String(token)), rank))
            .ToDictionary(static each => each.Token, static each => each.rank, StringComparer.Ordinal);
    }));

    public static List<int> Encode(Dictionary<string, int> ranks, string piece)
    {
        var whole = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(piece));
        if (ranks.TryGetValue(whole, out var single)) return [single];
        List<string> parts = [.. whole.Select(static c => c.ToString())];
        while (true)
        {
            var lowest = Enumerable.Range(0, parts.Count - 1)
                .Select(i => (Rank: ranks.GetValueOrDefault(parts[i] + parts[i + 1], int.MaxValue), Index: i)).DefaultIfEmpty((int.MaxValue, 0)).Min();
            if (lowest.Item1 == int.MaxValue) return [.. parts.Select(part => ranks[part])];
            parts[lowest.Item2] += parts[lowest.Item2 + 1];
            parts.RemoveAt(lowest.Item2 + 1);
        }
    }
}
