namespace Weir.Gateway;

/// <summary>
/// The health of one address: a state and four counters. A success counts towards healthy and clears the failures; a failure counts towards unhealthy and
/// clears the successes. What counts already in the state it leads to, or whose threshold is 0, changes nothing.
/// </summary>
sealed class PeerHealth
{
    readonly Lock _lock = new();
    volatile HealthState _state;
    int _successes;
    int _tcpFailures;
    int _timeouts;
    int _httpFailures;

    /// <summary>The state now.</summary>
    public HealthState State => _state;

    /// <summary>True when the address may get traffic.</summary>
    public bool IsUp => _state <= HealthState.MostlyHealthy;

    /// <summary>Successes counted since the last failure.</summary>
    public int Successes => Volatile.Read(ref _successes);

    /// <summary>Failures of all kinds counted since the last success.</summary>
    public int Failures
    {
        get
        {
            lock (_lock) return _tcpFailures + _timeouts + _httpFailures;
        }
    }

    /// <summary>
    /// Takes in one observation. <paramref name="threshold"/> is how many of its kind decide; 0 ignores the observation. True when <see cref="IsUp"/> changed.
    /// </summary>
    public bool Observe(Observation observation, int threshold)
    {
        var success = observation == Observation.Success;
        if (threshold == 0 || _state == (success ? HealthState.Healthy : HealthState.Unhealthy)) return false;
        lock (_lock)
        {
            if (_state == (success ? HealthState.Healthy : HealthState.Unhealthy)) return false;
            var count = Count(observation);
            var wasUp = IsUp;
            if (count >= threshold) _state = success ? HealthState.Healthy : HealthState.Unhealthy;
            else if (success && _state == HealthState.Unhealthy) _state = HealthState.MostlyUnhealthy;
            else if (!success && _state == HealthState.Healthy) _state = HealthState.MostlyHealthy;
            return wasUp != IsUp;
        }
    }

    /// <summary>Sets the state by hand and clears all counters. True when <see cref="IsUp"/> changed.</summary>
    public bool Set(bool healthy)
    {
        lock (_lock)
        {
            var wasUp = IsUp;
            _state = healthy ? HealthState.Healthy : HealthState.Unhealthy;
            ClearFailures();
            _successes = 0;
            return wasUp != IsUp;
        }
    }

    int Count(Observation observation)
    {
        if (observation == Observation.Success)
        {
            ClearFailures();
            return ++_successes;
        }
        _successes = 0;
        return observation switch
        {
            Observation.TcpFailure => ++_tcpFailures,
            Observation.Timeout => ++_timeouts,
            _ => ++_httpFailures,
        };
    }

    void ClearFailures()
    {
        _tcpFailures = 0;
        _timeouts = 0;
        _httpFailures = 0;
    }
}

/// <summary>States of an address, best first. The first two get traffic.</summary>
enum HealthState
{
    Healthy,
    MostlyHealthy,
    MostlyUnhealthy,
    Unhealthy,
}

/// <summary>What a probe or an exchange showed about an address.</summary>
enum Observation
{
    Success,
    TcpFailure,
    Timeout,
    HttpFailure,
}
