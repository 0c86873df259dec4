namespace Weir.Gateway;

/// <summary>
/// State that outlives a reload, by key. Every snapshot holds a lease on what it refers to; an object that no lease refers to is disposed.
/// </summary>
sealed class Keep : IDisposable
{
    readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    /// <summary>Number of objects kept.</summary>
    public int Count
    {
        get { lock (_lock) return _kept.Count; }
    }

    /// <summary>Starts a lease for a snapshot that is being built.</summary>
    public Lease Begin() => new(this);

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var kept in _kept.Values) (kept.Value as IDisposable)?.Dispose();
            _kept.Clear();
        }
    }

    sealed class Kept(object value)
    {
        public object Value { get; } = value;
        public int Leases { get; set; }
    }

    /// <summary>What one snapshot refers to.</summary>
    public sealed class Lease(Keep keep) : IKeep, IDisposable
    {
        readonly HashSet<string> _keys = new(StringComparer.Ordinal);

        public T Get<T>(string key, Func<T> create) where T : class
        {
            lock (keep._lock)
            {
                if (!keep._kept.TryGetValue(key, out var kept)) keep._kept[key] = kept = new Kept(create());
                if (_keys.Add(key)) kept.Leases++;
                return (T)kept.Value;
            }
        }

        /// <summary>Lets go of everything; what nobody else refers to is disposed.</summary>
        public void Dispose()
        {
            List<IDisposable> released = [];
            lock (keep._lock)
            {
                foreach (var key in _keys)
                {
                    if (!keep._kept.TryGetValue(key, out var kept) || --kept.Leases > 0) continue;
                    keep._kept.Remove(key);
                    if (kept.Value is IDisposable disposable) released.Add(disposable);
                }
                _keys.Clear();
            }
            foreach (var disposable in released) disposable.Dispose();
        }
    }
}
