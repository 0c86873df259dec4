using Microsoft.Extensions.Logging;

namespace Weir.Identity;

/// <summary>
/// The token or the key of one identity. Callers get the one at hand as long as it is good. The first call after <see cref="IssuedTimes.RefreshAfter"/> of its
/// life has a new one fetched beside it; only when there is none at all do callers wait, all for the same request. What fails is not tried again before
/// <see cref="IssuedTimes.BackOff"/>.
/// </summary>
sealed class IssuedCache<T>(IIssuer<T> issuer, TimeProvider time, ILogger log) : IDisposable
    where T : Issued
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _stop = new();
    TaskCompletionSource<Grant<T>>? _flight;
    Grant<T> _failure;
    DateTimeOffset _quietUntil;
    bool _isDisposed;
    volatile Held? _held;

    /// <summary>The request under way; done when there is none.</summary>
    internal Task Flight => _flight?.Task ?? Task.CompletedTask;

    /// <summary>A token that is good now, or why there is none.</summary>
    public ValueTask<Grant<T>> GetAsync()
    {
        var now = time.GetUtcNow();
        return _held is { } held && now < held.RefreshAt ? new(held.Grant) : LookAsync(now);
    }

    /// <summary>Forgets what the other side refuses although its time is not over: the next call fetches anew. Another one that came meanwhile stays.</summary>
    public void Drop(T refused)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_held?.Token, refused)) _held = null;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        _stop.Cancel();
        _stop.Dispose();
    }

    ValueTask<Grant<T>> LookAsync(DateTimeOffset now)
    {
        TaskCompletionSource<Grant<T>>? mine = null, flight;
        Grant<T> failure;
        lock (_lock)
        {
            if (_held is { } fresh && now < fresh.RefreshAt) return new(fresh.Grant);
            if (_flight is null && now >= _quietUntil) _flight = mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
            flight = _flight;
            failure = _failure;
        }
        if (mine is not null) _ = FlyAsync(mine);
        if (_held is { } held && now < held.ExpiresAt) return new(held.Grant);
        // Neither a token nor a request under way: the last one failed just now.
        return flight is null ? new(failure) : new(flight.Task);
    }

    async Task FlyAsync(TaskCompletionSource<Grant<T>> flight)
    {
        var grant = Grant<T>.None("the request broke off");
        try
        {
            using var limit = new CancellationTokenSource(IssuedTimes.FetchMax, time);
            using var ended = _stop.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
            grant = await issuer.FetchAsync(limit.Token);
        }
        finally
        {
            // Whatever happened: those who wait must not wait for ever.
            Land(flight, grant);
        }
    }

    void Land(TaskCompletionSource<Grant<T>> flight, Grant<T> grant)
    {
        lock (_lock)
        {
            _flight = null;
            if (grant.Item is { } token)
            {
                _held = new Held(token, grant);
            }
            else
            {
                _failure = grant;
                _quietUntil = time.GetUtcNow() + IssuedTimes.BackOff;
            }
        }
        if (grant.Problem is { } problem) IssuedLog.Failure(log, issuer.Identity, problem);
        flight.TrySetResult(grant);
    }

    sealed class Held(T token, Grant<T> grant)
    {
        public T Token => token;

        public Grant<T> Grant => grant;

        public DateTimeOffset ExpiresAt => token.ExpiresAt;

        // A server may hand out the same token until it ends, each time with less life left: never ask it all the time.
        public DateTimeOffset RefreshAt { get; } = token.AskedAt + Clamp(token.Life * IssuedTimes.RefreshAfter, IssuedTimes.BackOff, token.Life);

        static TimeSpan Clamp(TimeSpan span, TimeSpan least, TimeSpan most) => span >= least ? span : least <= most ? least : most;
    }
}

/// <summary>When what was issued is renewed.</summary>
static class IssuedTimes
{
    /// <summary>Share of its life after which a new one is fetched.</summary>
    public const double RefreshAfter = 0.8;

    /// <summary>Time without a new request after one that failed; and the shortest time after which a good one is renewed.</summary>
    public static readonly TimeSpan BackOff = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for one fetch, from looking up the name to the end of the answer.</summary>
    public static readonly TimeSpan FetchMax = TimeSpan.FromSeconds(15);
}

/// <summary>What the log says of renewals.</summary>
static partial class IssuedLog
{
    [LoggerMessage(1, LogLevel.Warning, "No new credentials for {Identity}: {Problem}")]
    public static partial void Failure(ILogger log, string identity, string problem);
}
