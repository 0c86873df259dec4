using Microsoft.Extensions.Logging;

namespace Weir.Ai;

/// <summary>
/// The token of one identity. Callers get the one at hand as long as it is good. The first call after <see cref="RefreshAfter"/> of its life has a new one
/// fetched beside it; only when there is none at all do callers wait, all for the same request. What fails is not tried again before <see cref="BackOff"/>.
/// </summary>
sealed partial class TokenCache(ITokenSource source, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>Share of a token's life after which a new one is fetched.</summary>
    public const double RefreshAfter = 0.8;

    /// <summary>Time without a new request after one that failed; and the shortest time after which a good token is renewed.</summary>
    public static readonly TimeSpan BackOff = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for one request, from looking up the name to the end of the answer.</summary>
    public static readonly TimeSpan FetchTimeMax = TimeSpan.FromSeconds(15);

    readonly Lock _lock = new();
    readonly CancellationTokenSource _stop = new();
    TaskCompletionSource<TokenGrant>? _flight;
    TokenGrant _failure;
    DateTimeOffset _quietUntil;
    bool _isDisposed;
    volatile Held? _held;

    /// <summary>The request under way; done when there is none.</summary>
    internal Task Flight => _flight?.Task ?? Task.CompletedTask;

    /// <summary>A token that is good now, or why there is none.</summary>
    public ValueTask<TokenGrant> GetAsync()
    {
        var now = time.GetUtcNow();
        return _held is { } held && now < held.RefreshAt ? new(held.Grant) : LookAsync(now);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        _stop.Cancel();
        _stop.Dispose();
    }

    ValueTask<TokenGrant> LookAsync(DateTimeOffset now)
    {
        TaskCompletionSource<TokenGrant>? mine = null, flight;
        TokenGrant failure;
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

    async Task FlyAsync(TaskCompletionSource<TokenGrant> flight)
    {
        var grant = TokenGrant.None("the request for a token broke off");
        try
        {
            using var limit = new CancellationTokenSource(FetchTimeMax, time);
            using var ended = _stop.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
            grant = await source.FetchAsync(limit.Token);
        }
        finally
        {
            // Whatever happened: those who wait must not wait for ever.
            Land(flight, grant);
        }
    }

    void Land(TaskCompletionSource<TokenGrant> flight, TokenGrant grant)
    {
        lock (_lock)
        {
            _flight = null;
            if (grant.Token is { } token)
            {
                _held = new Held(token, grant);
            }
            else
            {
                _failure = grant;
                _quietUntil = time.GetUtcNow() + BackOff;
            }
        }
        if (grant.Problem is { } problem) LogFailure(log, source.Identity, problem);
        flight.TrySetResult(grant);
    }

    [LoggerMessage(1, LogLevel.Warning, "No new token for {Identity}: {Problem}")]
    static partial void LogFailure(ILogger log, string identity, string problem);

    sealed class Held(IssuedToken token, TokenGrant grant)
    {
        public TokenGrant Grant => grant;

        public DateTimeOffset ExpiresAt => token.ExpiresAt;

        // A server may hand out the same token until it ends, each time with less life left: never ask it all the time.
        public DateTimeOffset RefreshAt { get; } = token.AskedAt + Clamp(token.Life * RefreshAfter, BackOff, token.Life);

        static TimeSpan Clamp(TimeSpan span, TimeSpan least, TimeSpan most) => span >= least ? span : least <= most ? least : most;
    }
}
