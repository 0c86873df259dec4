using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// The probes of one upstream: healthy and unhealthy addresses each at their own interval, a limited number at a time, an address never twice at once.
/// The schedule survives a reload that does not change it.
/// </summary>
sealed class HealthProbes : IDisposable
{
    /// <summary>Time a probe may take when the configuration says 0.</summary>
    const double TimeoutSeconds = 1;

    readonly UpstreamState _state;
    readonly BalancingContext _context;
    readonly CancellationTokenSource _stop = new();
    readonly HashSet<Peer> _probed = [];
    readonly Lock _lock = new();
    readonly ITimer _healthyTimer;
    readonly ITimer _unhealthyTimer;
    (double Healthy, double Unhealthy) _intervals;
    SemaphoreSlim _places = new(1);
    int _concurrency = 1;
    Balancer? _balancer;

    public HealthProbes(UpstreamState state, BalancingContext context)
    {
        _state = state;
        _context = context;
        _healthyTimer = Timer(this, static state => ((HealthProbes)state!).Probe(up: true));
        _unhealthyTimer = Timer(this, static state => ((HealthProbes)state!).Probe(up: false));
    }

    /// <summary>Probes the peers of this balancer, under its configuration, from now on; null stops.</summary>
    public void Follow(Balancer? balancer)
    {
        var checks = balancer?.Upstream.Healthchecks.Active ?? new ActiveChecks();
        lock (_lock)
        {
            _balancer = balancer;
            if (_concurrency != checks.Concurrency) _places = new SemaphoreSlim(_concurrency = checks.Concurrency);
            if (_intervals.Healthy != checks.Healthy.Interval) Start(_healthyTimer, _intervals.Healthy = checks.Healthy.Interval);
            if (_intervals.Unhealthy != checks.Unhealthy.Interval) Start(_unhealthyTimer, _intervals.Unhealthy = checks.Unhealthy.Interval);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _healthyTimer.Dispose();
        _unhealthyTimer.Dispose();
    }

    ITimer Timer(HealthProbes probes, TimerCallback tick) =>
        _context.Time.CreateTimer(tick, probes, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    // The first tick falls anywhere in the first interval, or the nodes of a fleet, reloaded together, would probe together for ever.
    void Start(ITimer timer, double interval)
    {
        if (interval == 0) timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        else timer.Change(TimeSpan.FromSeconds(interval * _context.Random.NextDouble()), TimeSpan.FromSeconds(interval));
    }

    void Probe(bool up)
    {
        Balancer? balancer;
        SemaphoreSlim places;
        lock (_lock) (balancer, places) = (_balancer, _places);
        if (balancer is null || _stop.IsCancellationRequested) return;
        foreach (var peer in balancer.PeersWithWeight())
        {
            if (peer.Health.IsUp != up) continue;
            lock (_lock)
                if (!_probed.Add(peer)) continue;
            _ = ProbeAsync(balancer, peer, places);
        }
    }

    async Task ProbeAsync(Balancer balancer, Peer peer, SemaphoreSlim places)
    {
        try
        {
            await places.WaitAsync(_stop.Token);
            try
            {
                var outcome = await AttemptAsync(balancer, peer);
                if (balancer.Active.Apply(outcome, peer.Health)) _state.HealthChanged(balancer, peer, HealthCause.Probe);
            }
            finally
            {
                places.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The upstream is gone.
        }
        finally
        {
            lock (_lock) _probed.Remove(peer);
        }
    }

    async ValueTask<Outcome> AttemptAsync(Balancer balancer, Peer peer)
    {
        var seconds = balancer.Upstream.Healthchecks.Active.Timeout;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds > 0 ? seconds : TimeoutSeconds), _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            return await _context.Probe.ProbeAsync(ProbeRequest.For(peer, balancer.Upstream, balancer.ClientCertificate), either.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return Outcome.Timeout;
        }
    }
}
