using System.Collections.Concurrent;
using System.Net;

namespace Weir.Gateway;

/// <summary>
/// The resolver of the house: literals, localhost and the hosts file at once, everything else from a cache that asks name servers once per name at a time.
/// Expired addresses serve on while they are being refreshed, and while servers are away for as long as the settings allow; that a name does not exist is
/// remembered too.
/// </summary>
sealed class CachingResolver : IResolver, IDisposable
{
    const string Localhost = "localhost";

    /// <summary>Part of the cache that makes room at once when it is full.</summary>
    const int EvictedShare = 8;

    readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);
    readonly CancellationTokenSource _stop = new();
    readonly CancellationToken _stopped;
    readonly ResolverSettings _settings;
    readonly ResolverFiles _files;
    readonly NameLookup _lookup;
    readonly TimeProvider _time;

    public CachingResolver(ResolverSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _stopped = _stop.Token;
        _files = new ResolverFiles(settings, time);
        _lookup = new NameLookup(settings, new DnsClient(time), _files, time);
    }

    /// <summary>Names in the cache, existing or not.</summary>
    public int Count => _entries.Count;

    public ValueTask<Resolution> ResolveAsync(string name, CancellationToken cancel)
    {
        if (name.Length == 0) return new(Resolution.Failed("an empty name", _time.GetUtcNow() + _settings.NotFoundTtl));
        if (HostLiteral.TryParse(name, out var literal)) return new(Resolution.Literal(literal));
        if (FindKnown(name.TrimEnd('.')) is { } known) return new(known);

        var now = _time.GetUtcNow();
        var entry = EntryOf(name, now);
        Task<Resolution> flight;
        lock (entry)
        {
            if (entry.Value is { } value && now < value.ExpiresAt) return new(value);
            flight = entry.Flight ??= Task.Run(() => RefreshAsync(name, entry), _stopped);
            if (entry.Value is { Fault: null } stale && now < entry.StaleUntil)
                return new(stale with { ExpiresAt = now + _settings.ErrorTtl, Refreshing = flight });
        }
        return new(flight.WaitAsync(cancel));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    Resolution? FindKnown(string name)
    {
        if (!_files.Hosts.TryGetValue(name, out var addresses))
        {
            if (!name.Equals(Localhost, StringComparison.OrdinalIgnoreCase) && !name.EndsWith("." + Localhost, StringComparison.OrdinalIgnoreCase)) return null;
            // RFC 6761 §6.3: never asked for.
            addresses = [IPAddress.Loopback];
        }
        return new Resolution
        {
            Addresses = [.. addresses.Select(static address => new ResolvedAddress(address))],
            ExpiresAt = _time.GetUtcNow() + _settings.FilesCheckInterval,
        };
    }

    Entry EntryOf(string name, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(name, out var entry))
        {
            if (_entries.Count >= _settings.CacheSize) Evict();
            entry = _entries.GetOrAdd(name, static _ => new Entry());
        }
        Volatile.Write(ref entry.UsedAt, now.UtcTicks);
        return entry;
    }

    void Evict()
    {
        var oldest = _entries.OrderBy(static pair => Volatile.Read(ref pair.Value.UsedAt)).Take(_settings.CacheSize / EvictedShare + 1);
        foreach (var (name, _) in oldest.ToList()) _entries.TryRemove(name, out _);
    }

    async Task<Resolution> RefreshAsync(string name, Entry entry)
    {
        try
        {
            var found = await LookUpAsync(name, entry.LastStep);
            lock (entry)
            {
                var now = _time.GetUtcNow();
                if (found.IsError && entry.Value is { Fault: null } stale && now < entry.StaleUntil)
                    return entry.Value = stale with { ExpiresAt = now + _settings.ErrorTtl };
                entry.LastStep = found.Step ?? entry.LastStep;
                entry.StaleUntil = found.Resolution.ExpiresAt + _settings.StaleTtl;
                return entry.Value = found.Resolution;
            }
        }
        finally
        {
            lock (entry) entry.Flight = null;
        }
    }

    async Task<Finding> LookUpAsync(string name, DnsStep? last)
    {
        using var limit = new CancellationTokenSource(_settings.LookupTimeMax, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopped);
        try
        {
            return await _lookup.FindAsync(name, last, either.Token);
        }
        catch (OperationCanceledException) when (!_stopped.IsCancellationRequested)
        {
            var fault = $"no answer about {name} within {_settings.LookupTimeMax.TotalSeconds:0} s";
            return new Finding(Resolution.Failed(fault, _time.GetUtcNow() + _settings.ErrorTtl), null, IsError: true);
        }
    }

    sealed class Entry
    {
        public Resolution? Value;
        public Task<Resolution>? Flight;
        public DnsStep? LastStep;
        public DateTimeOffset StaleUntil;
        public long UsedAt;
    }
}
