using System.Net;
using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>How targets become addresses, and keep doing so as names expire.</summary>
sealed partial class Balancer
{
    /// <summary>How long a target whose name does not resolve is left alone.</summary>
    public static readonly TimeSpan FailedNameRetry = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ITimer _timer;
    int _unresolved;
    bool _starting;
    bool _frozen;

    /// <summary>True once there is a target with an address, or none can be had.</summary>
    public bool IsReady => _ready.Task.IsCompleted;

    /// <summary>Waits until there is a target with an address, or none can be had.</summary>
    public ValueTask ReadyAsync(CancellationToken cancel) => IsReady ? default : new ValueTask(_ready.Task.WaitAsync(cancel));

    /// <summary>
    /// Waits until every target was resolved, or failed to, once. A snapshot under construction waits for this, for a limited time, so that its first
    /// requests find all their targets.
    /// </summary>
    public ValueTask SettledAsync(CancellationToken cancel) =>
        _settled.Task.IsCompleted ? default : new ValueTask(_settled.Task.WaitAsync(cancel));

    /// <summary>
    /// Makes this the balancer in force: probes follow its configuration, and peers that only older ones name are retired. Called when its snapshot is
    /// swapped in. Older balancers keep serving their exchanges with the addresses they know.
    /// </summary>
    public void Activate() => _state.Activate(this);

    /// <summary>Resolves all targets for the first time; literals are there when this returns.</summary>
    internal void Start()
    {
        // One picture for all targets that are known at once, not one for each.
        _starting = true;
        _unresolved = _targets.Length + 1;
        foreach (var target in _targets) target.IsResolving = true;
        foreach (var target in _targets) _ = ResolveAsync(target, first: true);
        lock (_state.Gate)
        {
            _starting = false;
            Redraw();
        }
        CountResolved();
    }

    /// <summary>Stops following DNS; what is known stays.</summary>
    internal void Freeze()
    {
        _frozen = true;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops following DNS and lets go of the peers.</summary>
    public void Dispose()
    {
        Freeze();
        _stop.Cancel();
        _ready.TrySetResult();
        _settled.TrySetResult();
        _timer.Dispose();
        _state.Forget(this);
    }

    void ResolveDue()
    {
        var now = _context.Time.GetUtcNow();
        List<BalancedTarget> due = [];
        lock (_state.Gate)
        {
            foreach (var target in _targets)
            {
                if (target.IsResolving || target.ExpiresAt > now) continue;
                target.IsResolving = true;
                due.Add(target);
            }
        }
        foreach (var target in due) _ = ResolveAsync(target, first: false);
    }

    async Task ResolveAsync(BalancedTarget target, bool first)
    {
        try
        {
            var resolution = await _context.Resolver.ResolveAsync(target.Name.Host, _stop.Token);
            Apply(target, resolution);
            if (first) CountResolved();
            if (resolution.Refreshing is { } refreshing) Apply(target, await refreshing.WaitAsync(_stop.Token));
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            // A resolver that breaks its promise must neither stop this target's refreshes nor make them spin.
            Apply(target, Resolution.Failed(e.Message, default));
            if (first) CountResolved();
        }
        catch (OperationCanceledException)
        {
            // The balancer is gone: nobody waits for this answer.
        }
        finally
        {
            lock (_state.Gate) target.IsResolving = false;
            Schedule();
        }
    }

    void CountResolved()
    {
        var isSettled = Interlocked.Decrement(ref _unresolved) == 0;
        if (isSettled) _settled.TrySetResult();
        if (isSettled || _picture.Active.Length > 0) _ready.TrySetResult();
    }

    void Apply(BalancedTarget target, Resolution resolution)
    {
        lock (_state.Gate)
        {
            if (_stop.IsCancellationRequested) return;
            if (resolution.Fault is not null && target.Fault is null)
                _context.Log.LogWarning("Target {Target} of {Upstream} has no address: {Fault}", target.Name, Upstream.Name, resolution.Fault);
            target.Fault = resolution.Fault;
            target.Peers = resolution.Fault is null ? Expand(target, resolution.Addresses) : [];
            target.ExpiresAt = resolution.Fault is null ? resolution.ExpiresAt : _context.Time.GetUtcNow() + FailedNameRetry;
            if (_starting) return;
            Redraw();
        }
        _state.Prune();
    }

    WeightedPeer[] Expand(BalancedTarget target, IReadOnlyList<ResolvedAddress> addresses)
    {
        var first = addresses.Min(static address => address.Priority);
        return [.. addresses.Where(address => address.Priority == first).Distinct().Select(address => Expand(target, address))];
    }

    WeightedPeer Expand(BalancedTarget target, ResolvedAddress address)
    {
        var host = Upstream.UseSrvName && address.ServerName is { } server ? server : target.Name.Host;
        var port = address.Port > 0 ? address.Port : target.Name.Port;
        var peer = _state.Adopt(host, new IPEndPoint(address.Address, port), target.Name.ToString());
        // A target switched off by weight 0 stays off; otherwise DNS knows better than the file.
        var weight = target.Weight > 0 && address.IsService ? Math.Max(1, address.Weight) : target.Weight;
        return new WeightedPeer(peer, weight, target.Failover);
    }

    void Schedule()
    {
        lock (_state.Gate)
        {
            if (_frozen) return;
            var next = DateTimeOffset.MaxValue;
            foreach (var target in _targets)
                if (!target.IsResolving && target.ExpiresAt < next) next = target.ExpiresAt;
            if (next == DateTimeOffset.MaxValue) return;
            var wait = next - _context.Time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
