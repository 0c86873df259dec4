namespace Weir.Bench.Load;

/// <summary>What failed, by kind: what the client saw, with the gateway's own words where it sent some.</summary>
sealed class Failures
{
    readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public long Count => _counts.Values.Sum();

    public void Add(string kind, long count)
    {
        if (count > 0)
            _counts[kind] = _counts.GetValueOrDefault(kind) + count;
    }

    /// <summary>The same with a name before each kind.</summary>
    public static Failures Of(IEnumerable<(string Source, Failures Failures)> all)
    {
        var sum = new Failures();
        foreach (var (source, failures) in all)
        {
            foreach (var (kind, count) in failures._counts)
                sum.Add($"{source}: {kind}", count);
        }

        return sum;
    }

    /// <summary>Empty when nothing failed.</summary>
    public override string ToString() => string.Join("; ", _counts.Select(static pair => $"{pair.Value} × {pair.Key}"));
}
