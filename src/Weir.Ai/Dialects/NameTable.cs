using System.Text;
using System.Text.Json;

namespace Weir.Ai;

/// <summary>What the names of fields mean, found without trying one name after the other: only those of the same length are looked at.</summary>
sealed class NameTable<T> where T : struct
{
    readonly (byte[] Name, T Meaning)[][] _byLength;

    public NameTable(params IReadOnlyList<(string Name, T Meaning)> names)
    {
        var ofLength = names.ToLookup(static known => known.Name.Length, static known => (Encoding.ASCII.GetBytes(known.Name), known.Meaning));
        _byLength = [.. Enumerable.Range(0, names.Max(static known => known.Name.Length) + 1).Select(length => ofLength[length].ToArray())];
    }

    /// <summary>What the name that the reader stands on means; default for one that is not known.</summary>
    public T Find(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return Find(reader.ValueSpan);
        foreach (var names in _byLength)
            foreach (var (name, meaning) in names)
                if (reader.ValueTextEquals(name)) return meaning;
        return default;
    }

    T Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= _byLength.Length) return default;
        foreach (var (known, meaning) in _byLength[name.Length])
            if (name.SequenceEqual(known)) return meaning;
        return default;
    }
}
