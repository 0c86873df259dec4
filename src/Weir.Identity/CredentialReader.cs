using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Config;

namespace Weir.Identity;

/// <summary>
/// Turns the credentials of a document into what requests are compared with. A credential whose consumer is not in the document cannot identify anybody
/// and is left out.
/// </summary>
sealed class CredentialReader(ConsumerIndex consumers, PasswordForm form, DateTimeOffset loadedAt)
{
    /// <summary>Longest user name that a request can authenticate with, in UTF-8.</summary>
    public const int UsernameBytesMax = 512;

    public static bool NameOf(KeyAuthCredentialConfig config, out KeyDigest key)
    {
        key = config.Key is { Length: > 0 } text ? KeyDigest.Of(text) : default;
        return config.Key is { Length: > 0 };
    }

    public static bool NameOf(BasicAuthCredentialConfig config, [MaybeNullWhen(false)] out string key) => (key = config.Username) is not null;

    public static bool NameOf(HmacAuthCredentialConfig config, [MaybeNullWhen(false)] out string key) => (key = config.Username) is not null;

    public static bool NameOf(JwtCredentialConfig config, [MaybeNullWhen(false)] out string key) => (key = config.Key) is { Length: > 0 };

    public bool Read(KeyAuthCredentialConfig config, out KeyGrant grant)
    {
        grant = Owner(config) is { } owner ? new KeyGrant(owner, Credential(config, owner, config.Id), ExpiresAtTicks(config.Ttl, loadedAt)) : default;
        return grant.Consumer is not null;
    }

    public bool Read(BasicAuthCredentialConfig config, out PasswordGrant grant)
    {
        grant = Owner(config) is { } owner && TryDigest(config.Password, owner, form, out var digest)
            ? new PasswordGrant(owner, Credential(config, owner, config.Username), digest) : default;
        return grant.Consumer is not null;
    }

    public bool Read(HmacAuthCredentialConfig config, [MaybeNullWhen(false)] out SigningGrant grant)
    {
        grant = config.Secret is { Length: > 0 } secret && Owner(config) is { } owner
            ? new SigningGrant(owner, Credential(config, owner, config.Username), Encoding.UTF8.GetBytes(secret)) : null;
        return grant is not null;
    }

    public bool Read(JwtCredentialConfig config, [MaybeNullWhen(false)] out TokenGrant grant)
    {
        grant = Owner(config) is { } owner
            ? new TokenGrant(owner, Credential(config, owner, config.Key), config.Algorithm, config.Secret ?? "", config.RsaPublicKey) : null;
        return grant is not null;
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
