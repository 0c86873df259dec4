using System.Collections.Concurrent;
using System.Globalization;
using Weir.Telemetry;

namespace Weir.Ai;

/// <summary>Which of the operator's keys rest. Keys are named as configured or by a digest; no key is ever shown.</summary>
sealed class KeyMetrics
{
    readonly ConcurrentDictionary<KeyState, (string Provider, string Key)> _known = new();
    readonly SeriesFamily<Counter> _rests;

    public KeyMetrics(MetricRegistry registry)
    {
        _rests = registry.Counter(
            "weir_llm_key_rests_total", "Times a key was refused and began to rest, by the status of the refusal.", ["provider", "key", "status"]);
        registry.Observe(
            MetricType.Gauge, "weir_llm_key_resting", "1 for a key that rests after a refusal, for one model at least.", ["provider", "key"], Observe);
    }

    /// <summary>Shows this key from now on.</summary>
    public void Show(KeyState state, string provider, string key) => _known[state] = (provider, key);

    /// <summary>No configuration has this key any more.</summary>
    public void Forget(KeyState state) => _known.TryRemove(state, out _);

    /// <summary>A key begins to rest.</summary>
    public void Rested(string provider, string key, int status) => _rests.With(provider, key, status.ToString(CultureInfo.InvariantCulture)).Add();

    void Observe(Observations seen)
    {
        var resting = new SortedDictionary<(string Provider, string Key), bool>();
        foreach (var (state, name) in _known) resting[name] = state.IsResting || resting.GetValueOrDefault(name);
        foreach (var ((provider, key), rests) in resting) seen.Add(rests ? 1 : 0, provider, key);
    }
}
