using System.Collections.Frozen;

namespace Weir.Ai;

/// <summary>The prices of one file, indexed.</summary>
sealed class PriceLayer
{
    readonly FrozenDictionary<Key, PriceEntry[]> _named;
    readonly (string Pattern, PriceEntry Entry)[] _patterns;

    /// <param name="source">Name of the file.</param>
    /// <param name="version">Its version, in its own words.</param>
    /// <param name="currency">ISO 4217 code of all its prices.</param>
    /// <param name="entries">The entries, in the order of the file.</param>
    public PriceLayer(string source, string version, string currency, IReadOnlyList<PriceEntry> entries)
    {
        (Source, Version, Currency, Entries) = (source, version, currency, entries);
        var named = entries.SelectMany(static entry => entry.Models, static (entry, model) => (Model: model, Entry: entry))
            .ToLookup(static each => ModelPattern.IsPattern(each.Model));
        _named = named[false].GroupBy(static each => new Key(each.Entry.Provider, each.Model), Key.Comparer)
            .ToFrozenDictionary(static group => group.Key, static group => Newest(group.Select(static each => each.Entry)), Key.Comparer);
        _patterns = [.. named[true].OrderByDescending(static each => each.Entry.Provider != "*")
            .ThenByDescending(static each => ModelPattern.Weight(each.Model)).ThenByDescending(static each => each.Entry.From)];
    }

    public string Source { get; }

    public string Version { get; }

    public string Currency { get; }

    public IReadOnlyList<PriceEntry> Entries { get; }

    /// <summary>
    /// The entry that holds for a model at a time: one that names the model before one with a pattern, of patterns the one with the most characters,
    /// one of the provider before one of any provider, of several of the same name the newest.
    /// </summary>
    public PriceEntry? Find(string provider, string model, DateTimeOffset time)
    {
        if (Named(provider, model, time) is { } named) return named;
        foreach (var (pattern, entry) in _patterns)
            if (IsOf(entry, provider) && entry.HoldsAt(time) && ModelPattern.Matches(pattern, model)) return entry;
        return null;
    }

    /// <summary>Whether an entry is of a provider.</summary>
    public static bool IsOf(PriceEntry entry, string provider) =>
        entry.Provider == "*" || entry.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase);

    PriceEntry? Named(string provider, string model, DateTimeOffset time)
    {
        foreach (var named in (ReadOnlySpan<string>)[provider, "*"])
        {
            if (!_named.TryGetValue(new Key(named, model), out var entries)) continue;
            foreach (var entry in entries)
                if (entry.HoldsAt(time)) return entry;
        }
        return null;
    }

    static PriceEntry[] Newest(IEnumerable<PriceEntry> entries) => [.. entries.OrderByDescending(static entry => entry.From)];

    /// <summary>What an entry is found by; letters of either case are the same.</summary>
    readonly record struct Key(string Provider, string Model)
    {
        public static readonly IEqualityComparer<Key> Comparer = EqualityComparer<Key>.Create(
            static (a, b) => a.Provider.Equals(b.Provider, StringComparison.OrdinalIgnoreCase) && a.Model.Equals(b.Model, StringComparison.OrdinalIgnoreCase),
            static key => HashCode.Combine(
                key.Provider.GetHashCode(StringComparison.OrdinalIgnoreCase), key.Model.GetHashCode(StringComparison.OrdinalIgnoreCase)));
    }
}
