using System.Collections.Frozen;

namespace Weir.Gateway;

/// <summary>Finds the path trees of a host: that of the exact name, those of the wildcards that cover it, and that of the matchers without host.</summary>
sealed class HostIndex
{
    readonly HostNames _exact;
    readonly HostNames _suffixes;
    readonly HostNames _prefixes;

    public HostIndex(IReadOnlyDictionary<(HostKind Kind, string Name), int> roots, int anyHost)
    {
        _exact = new(roots, HostKind.Exact);
        _suffixes = new(roots, HostKind.Suffix);
        _prefixes = new(roots, HostKind.Prefix);
        AnyHost = anyHost;
    }

    /// <summary>Root of the matchers without host, or <see cref="PathForest.None"/>.</summary>
    public int AnyHost { get; }

    public bool HasWildcards => !_suffixes.IsEmpty || !_prefixes.IsEmpty;

    public int FindExact(ReadOnlySpan<char> host) => _exact.Find(host);

    /// <summary>Root of "*" plus the part of the host from the dot at <paramref name="dot"/>.</summary>
    public int FindSuffix(ReadOnlySpan<char> host, int dot) => _suffixes.Find(host[dot..]);

    /// <summary>Root of the part of the host up to and with the dot at <paramref name="dot"/>, plus "*".</summary>
    public int FindPrefix(ReadOnlySpan<char> host, int dot) => _prefixes.Find(host[..(dot + 1)]);

    /// <summary>Names of one kind, with the root each leads to.</summary>
    readonly struct HostNames
    {
        readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _roots;
        readonly int _lengthMin = int.MaxValue;
        readonly int _lengthMax;

        public HostNames(IReadOnlyDictionary<(HostKind Kind, string Name), int> roots, HostKind kind)
        {
            var names = roots.Where(root => root.Key.Kind == kind)
                .ToFrozenDictionary(static root => root.Key.Name, static root => root.Value, StringComparer.OrdinalIgnoreCase);
            _roots = names.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var name in names.Keys)
            {
                _lengthMin = Math.Min(_lengthMin, name.Length);
                _lengthMax = Math.Max(_lengthMax, name.Length);
            }
        }

        public bool IsEmpty => _lengthMax == 0;

        public int Find(ReadOnlySpan<char> name) =>
            name.Length >= _lengthMin && name.Length <= _lengthMax && _roots.TryGetValue(name, out var root) ? root : PathForest.None;
    }
}
