namespace Weir.Control;

/// <summary>How often an address may be wrong about who it is. Whoever has valid credentials gets in all the same.</summary>
sealed class SignInLimit(TimeProvider time)
{
    /// <summary>Wrong credentials per address and window.</summary>
    public const int FailuresMax = 10;

    /// <summary>Addresses that are remembered. When there are more, new ones count as having been wrong too often.</summary>
    public const int AddressesMax = 10_000;

    /// <summary>How long a failure counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    readonly Dictionary<string, (DateTimeOffset Until, int Failures)> _addresses = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    /// <summary>Whether nothing more is tried for an address.</summary>
    public bool IsOver(string address)
    {
        lock (_lock)
        {
            if (_addresses.TryGetValue(address, out var seen)) return seen.Until > time.GetUtcNow() && seen.Failures >= FailuresMax;
            return _addresses.Count >= AddressesMax && !Forget();
        }
    }

    /// <summary>Counts a failure.</summary>
    public void Failed(string address)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_addresses.TryGetValue(address, out var seen) && seen.Until > now) _addresses[address] = seen with { Failures = seen.Failures + 1 };
            else if (seen.Failures > 0 || _addresses.Count < AddressesMax || Forget()) _addresses[address] = (now + Window, 1);
        }
    }

    /// <summary>Forgets what counts no longer; false when nothing does.</summary>
    bool Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (address, seen) in _addresses.ToList())
            if (seen.Until <= now) _addresses.Remove(address);
        return _addresses.Count < AddressesMax;
    }
}
