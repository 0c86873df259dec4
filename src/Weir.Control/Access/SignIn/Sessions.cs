namespace Weir.Control;

/// <summary>
/// Sessions of people who signed in with a password: in memory, so that they end with the process, and short, so that a stolen one does too. A session ends
/// when its user's password changes.
/// </summary>
sealed class Sessions(TimeProvider time)
{
    /// <summary>Sessions at the same time; a new one ends the one that would end first.</summary>
    public const int SessionsMax = 10_000;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    readonly Dictionary<string, Session> _byDigest = new(StringComparer.Ordinal);
    readonly Lock _lock = new();

    sealed record Session(Guid User, string Password, DateTimeOffset Until);

    /// <summary>Begins a session.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="password">The hash of the password that was shown.</param>
    public (string Token, DateTimeOffset Until) Begin(Guid user, string password)
    {
        var token = AdminToken.New(AdminToken.SessionPrefix);
        var until = time.GetUtcNow() + Lifetime;
        lock (_lock)
        {
            if (_byDigest.Count >= SessionsMax) _byDigest.Remove(_byDigest.MinBy(static each => each.Value.Until).Key);
            _byDigest[AdminToken.DigestOf(token)] = new Session(user, password, until);
        }
        return (token, until);
    }

    /// <summary>The user of a session and the hash of the password it began with; null when there is none.</summary>
    public (Guid User, string Password)? Find(string digest)
    {
        lock (_lock)
        {
            if (!_byDigest.TryGetValue(digest, out var session)) return null;
            if (session.Until > time.GetUtcNow()) return (session.User, session.Password);
            _byDigest.Remove(digest);
            return null;
        }
    }

    public void End(string digest)
    {
        lock (_lock) _byDigest.Remove(digest);
    }
}
