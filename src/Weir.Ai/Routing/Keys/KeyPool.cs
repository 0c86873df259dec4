using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>
/// The credentials of one target. One that the provider refuses (401, 402, 403, 429) rests, and the others go on: for as long as the provider says, within
/// a maximum, else for a time that doubles with every refusal. A target with one key rests only when the provider says for how long: nobody could stand in.
/// </summary>
sealed class KeyPool
{
    /// <summary>First rest of a key that has had too many requests, where the provider does not say how long.</summary>
    public static readonly TimeSpan LimitedRest = TimeSpan.FromSeconds(1);

    /// <summary>First rest of a key that is wrong, not allowed or without money: trying it again soon changes nothing.</summary>
    public static readonly TimeSpan RefusedRest = TimeSpan.FromMinutes(1);

    /// <summary>Doublings of a rest at most.</summary>
    const int DoublingsMax = 16;

    readonly PooledKey[] _keys;
    readonly KeyRotation _rotation;
    readonly TimeSpan _restMax;
    uint _turn;

    public KeyPool(KeyRotation rotation, TimeSpan restMax, params PooledKey[] keys) => (_rotation, _restMax, _keys) = (rotation, restMax, keys);

    public IReadOnlyList<PooledKey> Keys => _keys;

    /// <summary>Some key may be used now.</summary>
    public bool IsUp
    {
        get
        {
            foreach (var key in _keys)
                if (!key.State.IsResting) return true;
            return false;
        }
    }

    /// <summary>Time until the first of its keys may be used again.</summary>
    public TimeSpan RestLeft
    {
        get
        {
            var least = TimeSpan.MaxValue;
            foreach (var key in _keys)
                if (key.State.RestLeft is var left && left < least) least = left;
            return least;
        }
    }

    /// <summary>Whether a status blames the key: with another one the same call may be answered.</summary>
    public static bool Blames(int status) => status is 401 or 402 or 403 or 429;

    /// <summary>
    /// A key that does not rest and is none of <paramref name="tried"/>; null when there is none. A single key is given although it rests: whether its target
    /// is tried at all is for the route to say.
    /// </summary>
    public PooledKey? Choose(IReadOnlyList<PooledKey> tried)
    {
        if (_keys.Length == 1) return tried.Count == 0 ? _keys[0] : null;
        var start = _rotation == KeyRotation.RoundRobin ? Interlocked.Increment(ref _turn) - 1 : 0;
        PooledKey? best = null;
        for (var i = 0U; i < _keys.Length; i++)
        {
            var key = _keys[(start + i) % (uint)_keys.Length];
            if (key.State.IsResting || Contains(tried, key)) continue;
            if (_rotation == KeyRotation.RoundRobin) return key;
            if (best is null || IsLessUsed(key.State, best.State)) best = key;
        }
        return best;
    }

    /// <summary>The provider has refused a call that was made with this key. Returns for how long it rests now; zero where it does not.</summary>
    /// <param name="key">The key.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="told">How long to wait, in the provider's words; null where it does not say.</param>
    public TimeSpan Refused(PooledKey key, int status, TimeSpan? told)
    {
        if (_restMax == TimeSpan.Zero) return TimeSpan.Zero;
        if (status is 503 or 529)
        {
            // The provider is overloaded, whoever asks.
            if (told is not { } pause) return TimeSpan.Zero;
            foreach (var each in _keys) each.State.Rest(Bounded(pause));
            return Bounded(pause);
        }
        if (!Blames(status) || (_keys.Length == 1 && (status != 429 || told is null))) return TimeSpan.Zero;
        if (told is null && key.State.IsResting) return key.State.RestLeft;
        var rest = Bounded(told ?? Backoff(status == 429 ? LimitedRest : RefusedRest, key.State.Refusals));
        key.State.Rest(rest);
        return rest;
    }

    TimeSpan Bounded(TimeSpan rest) => rest < _restMax ? rest : _restMax;

    static TimeSpan Backoff(TimeSpan first, int refusals) => first * (1 << Math.Min(refusals, DoublingsMax));

    static bool IsLessUsed(KeyState a, KeyState b) => a.UnderWay != b.UnderWay ? a.UnderWay < b.UnderWay : a.Uses < b.Uses;

    static bool Contains(IReadOnlyList<PooledKey> tried, PooledKey key)
    {
        for (var i = 0; i < tried.Count; i++)
            if (ReferenceEquals(tried[i], key)) return true;
        return false;
    }
}
