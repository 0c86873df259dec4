using Weir.Telemetry;

namespace Weir.Gateway;

/// <summary>What became of configuration changes, for alerts on a gateway that serves an old configuration.</summary>
sealed class ConfigMetrics
{
    readonly TimeProvider _time;
    readonly Gauge _lastApplyOk;
    readonly Gauge _revision;
    readonly Gauge _appliedAt;
    readonly Counter _applied;
    readonly Counter _refused;

    public ConfigMetrics(MetricRegistry registry, TimeProvider time)
    {
        _time = time;
        _lastApplyOk = registry.Gauge("weir_config_last_apply_ok", "1 when the last change of the configuration was applied, 0 when it was refused.").With();
        _revision = registry.Gauge("weir_config_revision", "Configurations that this process has served; grows by one with each that was applied.").With();
        _appliedAt = registry.Gauge("weir_config_applied_timestamp_seconds", "When the configuration in use was applied, in Unix seconds.",
            unitsPerOne: 1000).With();
        var applies = registry.Counter("weir_config_applies_total", "Changes of the configuration by result.", ["result"]);
        _applied = applies.With("applied");
        _refused = applies.With("refused");
    }

    public void Applied(long revision)
    {
        _revision.Set(revision);
        _appliedAt.Set(_time.GetUtcNow().ToUnixTimeMilliseconds());
        _lastApplyOk.Set(1);
        _applied.Add();
    }

    public void Refused()
    {
        _lastApplyOk.Set(0);
        _refused.Add();
    }
}
