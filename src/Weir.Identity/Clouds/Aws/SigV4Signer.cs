using System.Collections.Concurrent;

namespace Weir.Identity;

/// <summary>Signs requests with the time of a clock, and keeps the keys of the day: each costs four hashes.</summary>
sealed class SigV4Signer(TimeProvider time)
{
    /// <summary>Most keys that are kept. More mean credentials that change all the time: then all are made anew.</summary>
    public const int KeysMax = 256;

    readonly ConcurrentDictionary<(string SecretAccessKey, string Region, string Service), DayKey> _keys = new();

    internal int KeyCount => _keys.Count;

    /// <summary>The headers to add to a request: see <see cref="SigV4.Sign"/>.</summary>
    public List<KeyValuePair<string, string>> Sign(AwsRequest request, AwsCredentials credentials, string region, string service)
    {
        var now = time.GetUtcNow();
        return SigV4.Sign(request, credentials, region, service, now, KeyOf(credentials, region, service, SigV4.Day(now)));
    }

    byte[] KeyOf(AwsCredentials credentials, string region, string service, string day)
    {
        var id = (credentials.SecretAccessKey, region, service);
        if (_keys.TryGetValue(id, out var known) && known.Day == day) return known.Key;
        if (_keys.Count >= KeysMax) _keys.Clear();
        var key = SigV4.SigningKey(credentials.SecretAccessKey, day, region, service);
        _keys[id] = new DayKey(day, key);
        return key;
    }

    sealed record DayKey(string Day, byte[] Key);
}
