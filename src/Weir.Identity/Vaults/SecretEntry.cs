using Weir.Config;

namespace Weir.Identity;

/// <summary>How it stands with a secret.</summary>
enum SecretState
{
    /// <summary>Not asked for yet.</summary>
    Wanted,

    /// <summary>At hand, as the vault has it.</summary>
    Fresh,

    /// <summary>At hand, but the vault could not be asked again when it was time.</summary>
    Stale,

    /// <summary>The vault says that there is none.</summary>
    Missing,

    /// <summary>Not to be had, and none from before is good any more.</summary>
    Failed,
}

/// <summary>What the store knows of one secret. Safe from any thread.</summary>
sealed class SecretEntry
{
    /// <summary>Share of its life after which a secret is fetched again, so that it does not end before.</summary>
    const double RefreshAfter = 0.9;

    /// <summary>Shortest time between two attempts.</summary>
    static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between two attempts at a vault that fails.</summary>
    static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    readonly SecretTimes _times;
    StoredSecret _current;
    DateTimeOffset _expiresAt = DateTimeOffset.MaxValue;
    DateTimeOffset _retryAt = DateTimeOffset.MinValue;
    int _failures;

    public SecretEntry(VaultSource vault, VaultReference reference, SecretTimes times)
    {
        (Vault, Resource, Version, _times) = (vault, reference.Resource, reference.Version, times);
        _current = new StoredSecret(null, "it has not been fetched yet", this);
    }

    public VaultSource Vault { get; }

    public string Resource { get; }

    public string? Version { get; }

    public SecretState State { get; private set; }

    /// <summary>When it is to be fetched in the background.</summary>
    public DateTimeOffset NextAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>When a secret of before stops being good; meaningful in the state <see cref="SecretState.Stale"/>.</summary>
    public DateTimeOffset StaleUntil { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>What a reading finds, and whether it should be fetched before the next one.</summary>
    public (StoredSecret Secret, bool IsWanted) Look(DateTimeOffset now)
    {
        lock (_lock) return (_current, State == SecretState.Wanted || (_current.Value is null && now >= _retryAt));
    }

    /// <summary>Takes the vault's answer. True when a reading will find something else than before.</summary>
    public bool Land(Fetched fetched, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (fetched.Value is { } value)
            {
                _failures = 0;
                StaleUntil = DateTimeOffset.MaxValue;
                _expiresAt = _times.Ttl is { } ttl ? now + ttl : DateTimeOffset.MaxValue;
                NextAt = _times.Ttl is { } life ? now + Later(life * RefreshAfter, RetryMin) : DateTimeOffset.MaxValue;
                return Set(SecretState.Fresh, value, "");
            }
            _failures++;
            var isMissing = fetched.Kind == FetchedKind.Missing;
            NextAt = now + (isMissing ? _times.NegTtl ?? SecretTimes.NegTtlDefault : BackOff());
            _retryAt = now + (isMissing ? _times.NegTtl ?? RetryMin : RetryMin);
            if (_current.Value is not null && !IsOver(now))
            {
                State = SecretState.Stale;
                if (NextAt > StaleUntil) NextAt = StaleUntil;
                return false;
            }
            return Set(isMissing ? SecretState.Missing : SecretState.Failed, null, $"the vault '{Vault.Prefix}': {fetched.Problem}");
        }
    }

    /// <summary>Whether a secret of before is no good any more. The time is counted from its end, or from when it was known to be old.</summary>
    bool IsOver(DateTimeOffset now)
    {
        if (StaleUntil == DateTimeOffset.MaxValue) StaleUntil = (_expiresAt == DateTimeOffset.MaxValue ? now : _expiresAt) + _times.ResurrectTtl;
        return now >= StaleUntil;
    }

    bool Set(SecretState state, string? value, string problem)
    {
        var isSame = State != SecretState.Wanted && _current.Value == value && _current.Problem == problem;
        State = state;
        if (isSame) return false;
        _current.Outdate();
        _current = new StoredSecret(value, problem, this);
        return true;
    }

    TimeSpan BackOff() => TimeSpan.FromSeconds(Math.Min(RetryMin.TotalSeconds * Math.Pow(2, Math.Min(_failures - 1, 16)), RetryMax.TotalSeconds));

    static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
