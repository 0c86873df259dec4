using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Identity;

/// <summary>
/// The secrets that configurations take from vaults on other machines. They are fetched side by side between two readings of a document, and again in the
/// background before they expire; a changed one is told, so that the configuration is read again. No request ever waits for a vault.
/// </summary>
sealed partial class SecretStore : ISecretStore, IAsyncDisposable
{
    /// <summary>Most secrets that are kept.</summary>
    public const int SecretsMax = 10_000;

    /// <summary>Most vaults are asked for so many secrets at once, all together.</summary>
    const int FetchesAtOnce = 16;

    /// <summary>Longest time for one secret.</summary>
    static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest time that a reading waits for all of its secrets.</summary>
    static readonly TimeSpan RoundTimeout = TimeSpan.FromSeconds(20);

    /// <summary>The clock of timers and the clock of the day may differ by a little.</summary>
    static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(10);

    static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    readonly VaultClients _clients;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly ConcurrentDictionary<(string Vault, string Reference), SecretEntry> _entries = new();
    readonly ConcurrentDictionary<string, Lazy<OpenVault>> _vaults = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<(string Vault, FetchedKind Kind), long> _fetches = new();
    readonly CancellationTokenSource _stopping = new();
    readonly ITimer _timer;
    readonly Lock _lock = new();
    HashSet<SecretEntry> _wanted = [];
    Task _ticking = Task.CompletedTask;
    bool _isUntold;

    public SecretStore(VaultClients clients, TimeProvider time, ILogger log)
    {
        (_clients, _time, _log) = (clients, time, log);
        _timer = time.CreateTimer(static state => ((SecretStore)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Told when a secret in use is another one, has come back or is lost: what was read with it is to be read again.</summary>
    /// <remarks>What changes before somebody listens is told to the first who does.</remarks>
    public Action? Changed
    {
        get;
        set
        {
            bool isUntold;
            lock (_lock) (field, isUntold, _isUntold) = (value, _isUntold, false);
            if (isUntold) value?.Invoke();
        }
    }

    /// <summary>The work in the background, for tests.</summary>
    internal Task Ticking
    {
        get
        {
            lock (_lock) return _ticking;
        }
    }

    public StoredSecret Find(VaultSource vault, VaultReference reference)
    {
        var options = string.Join('&', reference.Options.OrderBy(static option => option.Key, StringComparer.Ordinal).Select(static o => $"{o.Key}={o.Value}"));
        var key = (vault.Id, $"{reference.Resource}?{options}#{reference.Version}");
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (_entries.Count >= SecretsMax) return new StoredSecret(null, $"more than {SecretsMax} secrets of vaults are in use");
            entry = _entries.GetOrAdd(key, _ => new SecretEntry(vault, reference, SecretTimes.Of(vault.Settings, reference.Options)));
        }
        var (secret, isWanted) = entry.Look(_time.GetUtcNow());
        if (isWanted)
            lock (_lock) _wanted.Add(entry);
        return secret;
    }

    public async ValueTask<bool> FetchAsync(CancellationToken cancellation)
    {
        HashSet<SecretEntry> wanted;
        lock (_lock) (wanted, _wanted) = (_wanted, []);
        return wanted.Count > 0 && await FetchAsync(wanted, isWaitedFor: true, cancellation);
    }

    /// <summary>Fetches every secret anew, as an operator who reloads expects.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellation)
    {
        if (!_entries.IsEmpty) await FetchAsync([.. _entries.Values], isWaitedFor: true, cancellation);
    }

    public void Keep(IReadOnlyCollection<StoredSecret> used)
    {
        if (_entries.IsEmpty) return;
        var owners = used.Select(static secret => secret.Owner).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var (key, entry) in _entries)
            if (!owners.Contains(entry))
                _entries.TryRemove(key, out _);
        var vaults = _entries.Keys.Select(static key => key.Vault).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _vaults.Keys)
            if (!vaults.Contains(id) && _vaults.TryRemove(id, out var gone))
                gone.Value.Dispose();
    }

    /// <summary>How many secrets of each vault are in each state.</summary>
    public IEnumerable<(string Vault, SecretState State, int Count)> Count() =>
        from entry in _entries.Values
        group entry by (entry.Vault.Prefix, entry.State) into same
        select (same.Key.Prefix, same.Key.State, same.Count());

    /// <summary>How often each vault was asked, by how it went.</summary>
    public IEnumerable<(string Vault, FetchedKind Kind, long Count)> Fetches() => _fetches.Select(static each => (each.Key.Vault, each.Key.Kind, each.Value));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _timer.DisposeAsync();
        await Ticking;
        foreach (var vault in _vaults.Values) vault.Value.Dispose();
        _stopping.Dispose();
    }

    void Tick()
    {
        lock (_lock)
        {
            if (_ticking.IsCompleted && !_stopping.IsCancellationRequested) _ticking = TickAsync();
        }
    }

    async Task TickAsync()
    {
        // Off the timer's thread, and out of the lock.
        await Task.Yield();
        try
        {
            var now = _time.GetUtcNow();
            var due = _entries.Values.Where(entry => entry.NextAt <= now).ToList();
            if (await FetchAsync(due, isWaitedFor: false, _stopping.Token)) Tell();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception exception)
        {
            LogBroken(_log, exception);
        }
        finally
        {
            Arm();
        }
    }

    void Tell()
    {
        Action? changed;
        lock (_lock)
        {
            changed = Changed;
            _isUntold = changed is null;
        }
        changed?.Invoke();
    }

    /// <summary>Fetches secrets side by side. True when a reading will find something else than before.</summary>
    /// <param name="entries">Which.</param>
    /// <param name="isWaitedFor">Whether a reading waits: what takes too long has failed then, and is asked for later otherwise.</param>
    /// <param name="cancellation">Gives up.</param>
    async Task<bool> FetchAsync(IReadOnlyCollection<SecretEntry> entries, bool isWaitedFor, CancellationToken cancellation)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        using var limit = new CancellationTokenSource(RoundTimeout, _time);
        using var over = limit.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), round);
        var changed = 0;
        await Parallel.ForEachAsync(entries, new ParallelOptions { MaxDegreeOfParallelism = FetchesAtOnce }, async (entry, _) =>
        {
            var isLate = round.IsCancellationRequested;
            if (isLate && !isWaitedFor) return;
            var fetched = isLate ? Fetched.Failed("it took too long to answer for other secrets") : await FetchAsync(entry, round.Token);
            if (Land(entry, fetched)) Interlocked.Exchange(ref changed, 1);
        });
        cancellation.ThrowIfCancellationRequested();
        if (isWaitedFor) Arm();
        return changed == 1;
    }

    async Task<Fetched> FetchAsync(SecretEntry entry, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var limit = new CancellationTokenSource(FetchTimeout, _time);
        using var over = limit.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), stop);
        try
        {
            var vault = _vaults.GetOrAdd(
                entry.Vault.Id, static (_, made) => new Lazy<OpenVault>(() => made.Clients.Open(made.Vault)), (Clients: _clients, entry.Vault));
            // A login under way is shared with others and does not end with this fetch.
            return await vault.Value.Client.FetchAsync(entry.Resource, entry.Version, stop.Token).AsTask().WaitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            return Fetched.Failed("it did not answer in time");
        }
        catch (Exception exception)
        {
            // What an exception says may hold what was sent.
            LogUnexpected(_log, entry.Vault.Prefix, exception.GetType().Name);
            return Fetched.Failed("it could not be asked; see the log");
        }
    }

    bool Land(SecretEntry entry, Fetched fetched)
    {
        var before = entry.State;
        var changed = entry.Land(fetched, _time.GetUtcNow());
        _fetches.AddOrUpdate((entry.Vault.Prefix, fetched.Kind), 1, static (_, count) => count + 1);
        switch (entry.State)
        {
            case SecretState.Fresh when before is SecretState.Stale or SecretState.Missing or SecretState.Failed:
                LogBack(_log, entry.Vault.Prefix, entry.Resource);
                break;
            case SecretState.Fresh when changed && before == SecretState.Fresh:
                LogChanged(_log, entry.Vault.Prefix, entry.Resource);
                break;
            case SecretState.Stale when before != SecretState.Stale:
                LogStale(_log, entry.Vault.Prefix, entry.Resource, fetched.Problem, entry.StaleUntil);
                break;
            case SecretState.Missing or SecretState.Failed when changed:
                LogLost(_log, entry.Vault.Prefix, entry.Resource, fetched.Problem);
                break;
        }
        return changed;
    }

    void Arm()
    {
        if (_stopping.IsCancellationRequested) return;
        var next = _entries.Values.Select(static entry => entry.NextAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        if (next == DateTimeOffset.MaxValue) return;
        var wait = next - _time.GetUtcNow();
        if (wait < WaitMin) wait = WaitMin;
        _timer.Change(wait < WaitMax ? wait : WaitMax, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(1, LogLevel.Information, "Vault {Vault}: the secret {Secret} has changed")]
    static partial void LogChanged(ILogger log, string vault, string secret);

    [LoggerMessage(2, LogLevel.Warning, "Vault {Vault}: the secret {Secret} cannot be fetched again, the one of before is good until {Until:u}: {Problem}")]
    static partial void LogStale(ILogger log, string vault, string secret, string problem, DateTimeOffset until);

    [LoggerMessage(3, LogLevel.Error, "Vault {Vault}: the secret {Secret} cannot be had: {Problem}")]
    static partial void LogLost(ILogger log, string vault, string secret, string problem);

    [LoggerMessage(4, LogLevel.Information, "Vault {Vault}: the secret {Secret} can be fetched again")]
    static partial void LogBack(ILogger log, string vault, string secret);

    [LoggerMessage(5, LogLevel.Error, "Vault {Vault} could not be asked: {Failure}")]
    static partial void LogUnexpected(ILogger log, string vault, string failure);

    [LoggerMessage(6, LogLevel.Error, "Secrets could not be fetched in the background")]
    static partial void LogBroken(ILogger log, Exception exception);
}
