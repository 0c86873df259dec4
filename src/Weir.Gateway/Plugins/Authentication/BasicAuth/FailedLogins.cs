using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Weir.Gateway.Plugins;

/// <summary>
/// Counts failed logins per user name, Kong's way: the n-th failure is remembered for 2^n seconds, at most an hour, and from the third on the name is
/// blocked for that long. Whoever tries while blocked waits twice as long; a right password changes nothing before the time is over.
/// </summary>
sealed class FailedLogins(TimeProvider time)
{
    /// <summary>Names remembered at the same time. Beyond it the half that would be forgotten first is forgotten.</summary>
    public const int NamesMax = 65_536;

    const int FailuresAllowed = 2;
    const int WaitSecondsMax = 3600;

    readonly Lock _lock = new();
    readonly Dictionary<UInt128, Entry> _entries = [];

    /// <summary>Names remembered now.</summary>
    public int NameCount
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    public bool IsBlocked(ReadOnlySpan<byte> username)
    {
        var key = KeyOf(username);
        var now = time.GetUtcNow().UtcTicks;
        lock (_lock) return _entries.TryGetValue(key, out var entry) && entry.EndsAtTicks > now && entry.Failures > FailuresAllowed;
    }

    /// <summary>Counts one more failure of this name.</summary>
    public Failure Count(ReadOnlySpan<byte> username)
    {
        var key = KeyOf(username);
        var now = time.GetUtcNow().UtcTicks;
        lock (_lock)
        {
            if (_entries.Count >= NamesMax) MakeRoom(now);
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, key, out _);
            var failures = entry.EndsAtTicks > now ? entry.Failures + 1 : 1;
            var waitSeconds = failures >= 12 ? WaitSecondsMax : 1 << failures;
            entry = new Entry(failures, now + waitSeconds * TimeSpan.TicksPerSecond);
            return new Failure(failures > FailuresAllowed, waitSeconds);
        }
    }

    /// <summary>Names are kept as digests: what callers send here is often not a name, but a password typed into the wrong field.</summary>
    static UInt128 KeyOf(ReadOnlySpan<byte> username)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(username, digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }

    void MakeRoom(long now)
    {
        foreach (var (key, entry) in _entries)
            if (entry.EndsAtTicks <= now) _entries.Remove(key);
        if (_entries.Count < NamesMax) return;
        var byEnd = _entries.OrderBy(static entry => entry.Value.EndsAtTicks).Select(static entry => entry.Key).ToArray();
        foreach (var key in byEnd.AsSpan(0, byEnd.Length / 2)) _entries.Remove(key);
    }

    /// <param name="Blocks">Whether the name is blocked from now on.</param>
    /// <param name="WaitSeconds">Seconds until the failure is forgotten.</param>
    public readonly record struct Failure(bool Blocks, int WaitSeconds);

    readonly record struct Entry(int Failures, long EndsAtTicks);
}
