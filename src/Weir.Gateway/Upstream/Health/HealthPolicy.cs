using Weir.Config;

namespace Weir.Gateway;

/// <summary>Health checks of one upstream in the form the request path reads: which outcome is which observation, and how many of it decide.</summary>
sealed class HealthPolicy
{
    const int GatewayTimeout = 504;
    const int StatusMax = 999;
    const sbyte NoEffect = -1;

    readonly sbyte[] _byStatus = new sbyte[StatusMax + 1];
    readonly int[] _thresholds = new int[Enum.GetValues<Observation>().Length];

    HealthPolicy(CheckType type, IEnumerable<int> healthyStatuses, IEnumerable<int> unhealthyStatuses)
    {
        Array.Fill(_byStatus, type == CheckType.Tcp ? (sbyte)Observation.Success : NoEffect);
        if (type == CheckType.Tcp) return;
        foreach (var status in unhealthyStatuses) _byStatus[status] = (sbyte)Observation.HttpFailure;
        foreach (var status in healthyStatuses) _byStatus[status] = (sbyte)Observation.Success;
        // 0 stands for an answer that was not HTTP.
        _byStatus[0] = (sbyte)Observation.HttpFailure;
    }

    /// <summary>How proxied traffic is judged.</summary>
    public static HealthPolicy Of(PassiveChecks checks)
    {
        var policy = new HealthPolicy(checks.Type, checks.Healthy.HttpStatuses, checks.Unhealthy.HttpStatuses);
        policy.SetThresholds(checks.Healthy.Successes, checks.Unhealthy.TcpFailures, checks.Unhealthy.Timeouts, checks.Unhealthy.HttpFailures);
        // A target that is itself a gateway tells that something behind it timed out.
        if (checks.Type != CheckType.Tcp) policy._byStatus[GatewayTimeout] = (sbyte)Observation.Timeout;
        return policy;
    }

    /// <summary>How probes are judged.</summary>
    public static HealthPolicy Of(ActiveChecks checks)
    {
        var policy = new HealthPolicy(checks.Type, checks.Healthy.HttpStatuses, checks.Unhealthy.HttpStatuses);
        policy.SetThresholds(checks.Healthy.Successes, checks.Unhealthy.TcpFailures, checks.Unhealthy.Timeouts, checks.Unhealthy.HttpFailures);
        return policy;
    }

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
        _ when (uint)outcome.Status > StatusMax || _byStatus[outcome.Status] == NoEffect => null,
        _ => (Observation)_byStatus[outcome.Status],
    };

    /// <summary>Applies an outcome to an address's health. True when it went up or down.</summary>
    public bool Apply(Outcome outcome, PeerHealth health) =>
        Judge(outcome) is { } observation && health.Observe(observation, _thresholds[(int)observation]);

    void SetThresholds(int successes, int tcpFailures, int timeouts, int httpFailures)
    {
        _thresholds[(int)Observation.Success] = successes;
        _thresholds[(int)Observation.TcpFailure] = tcpFailures;
        _thresholds[(int)Observation.Timeout] = timeouts;
        _thresholds[(int)Observation.HttpFailure] = httpFailures;
    }
}
