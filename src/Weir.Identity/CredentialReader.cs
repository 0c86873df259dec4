using System.Text;
using Weir.Config;

namespace Weir.Identity;

/// <summary>
/// Turns the credentials of a document into what requests are compared with. A credential whose consumer is not in the document cannot identify anybody
/// and is left out; of two with the same name the first counts (a checked document has no second).
/// </summary>
sealed class CredentialReader(Document document, ConsumerIndex consumers)
{
    /// <summary>Longest user name that a request can authenticate with, in UTF-8.</summary>
    public const int UsernameBytesMax = 512;

    public Dictionary<KeyDigest, KeyGrant> Keys(DateTimeOffset loadedAt)
    {
        var keys = new Dictionary<KeyDigest, KeyGrant>(document.KeyAuthCredentials.Count);
        foreach (var config in document.KeyAuthCredentials)
            if (config.Key is { Length: > 0 } key && Owner(config) is { } owner)
                keys.TryAdd(KeyDigest.Of(key), new KeyGrant(owner, Credential(config, owner, config.Id), ExpiresAtTicks(config.Ttl, loadedAt)));
        return keys;
    }

    public Dictionary<string, PasswordGrant> Passwords(PasswordForm form)
    {
        var passwords = new Dictionary<string, PasswordGrant>(document.BasicAuthCredentials.Count);
        foreach (var config in document.BasicAuthCredentials)
            if (Owner(config) is { } owner && TryDigest(config.Password, owner, form, out var digest))
                passwords.TryAdd(config.Username, new PasswordGrant(owner, Credential(config, owner, config.Username), digest));
        return passwords;
    }

    public Dictionary<string, SigningGrant> HmacUsers()
    {
        var users = new Dictionary<string, SigningGrant>(document.HmacAuthCredentials.Count);
        foreach (var config in document.HmacAuthCredentials)
            if (config.Secret is { Length: > 0 } secret && Owner(config) is { } owner)
                users.TryAdd(config.Username, new SigningGrant(owner, Credential(config, owner, config.Username), Encoding.UTF8.GetBytes(secret)));
        return users;
    }

    public Dictionary<string, TokenGrant> TokenKeys()
    {
        var keys = new Dictionary<string, TokenGrant>(document.JwtSecrets.Count);
        foreach (var config in document.JwtSecrets)
            if (config.Key is { Length: > 0 } key && Owner(config) is { } owner)
                keys.TryAdd(key, new TokenGrant(owner, Credential(config, owner, key), config.Algorithm, config.Secret ?? "", config.RsaPublicKey));
        return keys;
    }

    Consumer? Owner(CredentialConfig config) => config.Consumer?.Id is { } id ? consumers.FindById(id) : null;

    static Credential Credential(CredentialConfig config, Consumer owner, string? identifier) => new(config.Id!, owner.Id, identifier);

    static bool TryDigest(string password, Consumer owner, PasswordForm form, out PasswordDigest digest)
    {
        if (form == PasswordForm.Hashed) return PasswordDigest.TryParse(password, out digest);
        digest = PasswordDigest.Of(Encoding.UTF8.GetBytes(password), owner.Id);
        return true;
    }

    static long ExpiresAtTicks(double? ttlSeconds, DateTimeOffset loadedAt)
    {
        if (ttlSeconds is not { } seconds) return KeyGrant.Never;
        var left = (DateTimeOffset.MaxValue - loadedAt).TotalSeconds;
        return seconds >= left ? KeyGrant.Never : loadedAt.UtcTicks + (long)(Math.Max(0, seconds) * TimeSpan.TicksPerSecond);
    }
}
