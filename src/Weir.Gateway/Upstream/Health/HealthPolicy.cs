using System.Collections.Frozen;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>Health checks of one upstream in the form the request path reads: which outcome is which observation, and how many of it decide.</summary>
sealed class HealthPolicy
{
    const int GatewayTimeout = 504;

    readonly FrozenSet<int> _healthyStatuses;
    readonly FrozenSet<int> _unhealthyStatuses;
    readonly Dictionary<Observation, int> _thresholds;
    readonly bool _tcpOnly;
    readonly bool _passive;

    HealthPolicy(
        CheckType type, bool passive, IEnumerable<int> healthyStatuses, IEnumerable<int> unhealthyStatuses, Dictionary<Observation, int> thresholds)
    {
        _tcpOnly = type == CheckType.Tcp;
        _passive = passive;
        _healthyStatuses = healthyStatuses.ToFrozenSet();
        _unhealthyStatuses = unhealthyStatuses.ToFrozenSet();
        _thresholds = thresholds;
    }

    /// <summary>How proxied traffic is judged.</summary>
    public static HealthPolicy Of(PassiveChecks checks) => new(checks.Type, true, checks.Healthy.HttpStatuses, checks.Unhealthy.HttpStatuses, new()
    {
        [Observation.Success] = checks.Healthy.Successes,
        [Observation.TcpFailure] = checks.Unhealthy.TcpFailures,
        [Observation.Timeout] = checks.Unhealthy.Timeouts,
        [Observation.HttpFailure] = checks.Unhealthy.HttpFailures,
    });

    /// <summary>How probes are judged.</summary>
    public static HealthPolicy Of(ActiveChecks checks) => new(checks.Type, false, checks.Healthy.HttpStatuses, checks.Unhealthy.HttpStatuses, new()
    {
        [Observation.Success] = checks.Healthy.Successes,
        [Observation.TcpFailure] = checks.Unhealthy.TcpFailures,
        [Observation.Timeout] = checks.Unhealthy.Timeouts,
        [Observation.HttpFailure] = checks.Unhealthy.HttpFailures,
    });

    /// <summary>True when these checks can find an address unhealthy, so that states mean something.</summary>
    public static bool IsOn(HealthChecks checks) =>
        checks.Active.Healthy.Interval > 0 || checks.Active.Unhealthy.Interval > 0
        || checks.Passive.Unhealthy.TcpFailures > 0 || checks.Passive.Unhealthy.Timeouts > 0 || checks.Passive.Unhealthy.HttpFailures > 0;

    /// <summary>What the outcome shows; null for a status in neither list.</summary>
    public Observation? Judge(Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Connected => Observation.Success,
        OutcomeKind.TcpFailure => Observation.TcpFailure,
        OutcomeKind.Timeout => Observation.Timeout,
        _ when _tcpOnly => Observation.Success,
        // A target that is itself a gateway tells that something behind it timed out.
        _ when _passive && outcome.Status == GatewayTimeout => Observation.Timeout,
        // The answer was not HTTP.
        _ when outcome.Status == 0 => Observation.HttpFailure,
        _ when _healthyStatuses.Contains(outcome.Status) => Observation.Success,
        _ when _unhealthyStatuses.Contains(outcome.Status) => Observation.HttpFailure,
        _ => null,
    };

    /// <summary>Applies an outcome to an address's health. True when it went up or down.</summary>
    public bool Apply(Outcome outcome, PeerHealth health) =>
        Judge(outcome) is { } observation && health.Observe(observation, _thresholds[observation]);
}
