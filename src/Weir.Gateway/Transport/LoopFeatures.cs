using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace Weir.Gateway;

/// <summary>
/// The features of one connection: a dozen, and some more with TLS, set once and looked up seldom. A row of them is searched quickly enough, and an idle
/// connection holds a third of what a dictionary takes.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is what it holds.")]
sealed class LoopFeatures : IFeatureCollection
{
    const int Step = 4;
    const int CountUsual = 12;

    KeyValuePair<Type, object>[] _row = new KeyValuePair<Type, object>[CountUsual];
    int _count;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            var at = Find(key);
            return at < 0 ? null : _row[at].Value;
        }
        set
        {
            Revision++;
            var at = Find(key);
            if (value is null)
            {
                if (at >= 0) RemoveAt(at);
                return;
            }
            if (at < 0) at = _count++;
            if (at == _row.Length) Array.Resize(ref _row, at + Step);
            _row[at] = new(key, value);
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _row.Take(_count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    int Find(Type key)
    {
        for (var i = 0; i < _count; i++)
            if (_row[i].Key == key) return i;
        return -1;
    }

    void RemoveAt(int at)
    {
        _row[at] = _row[--_count];
        _row[_count] = default;
    }
}
