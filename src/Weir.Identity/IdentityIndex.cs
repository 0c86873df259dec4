using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Config;

namespace Weir.Identity;

/// <summary>
/// Who may call: the consumers and credentials of one configuration by everything a request can name them with. Built once, then only read; no look-up
/// allocates.
/// </summary>
sealed class IdentityIndex : IConsumers
{
    readonly TimeProvider _time;
    readonly ConsumerIndex _consumers;
    readonly Dictionary<KeyDigest, KeyGrant> _keys;
    readonly Dictionary<string, PasswordGrant> _passwords;
    readonly Dictionary<string, PasswordGrant>.AlternateLookup<ReadOnlySpan<char>> _passwordsByName;
    readonly Dictionary<string, SigningGrant> _hmacUsers;
    readonly Dictionary<string, TokenGrant> _tokenKeys;

    IdentityIndex(Document document, TimeProvider time, PasswordForm passwords)
    {
        var credentials = new CredentialReader(document, _consumers = new ConsumerIndex(document));
        _time = time;
        _keys = credentials.Keys(time.GetUtcNow());
        _passwords = credentials.Passwords(passwords);
        _passwordsByName = _passwords.GetAlternateLookup<ReadOnlySpan<char>>();
        _hmacUsers = credentials.HmacUsers();
        _tokenKeys = credentials.TokenKeys();
        VirtualKeys = new VirtualKeys(document, _consumers, time);
    }

    /// <summary>The keys of callers of models.</summary>
    public VirtualKeys VirtualKeys { get; }

    /// <summary>The index of a checked document. Keys with a <c>ttl</c> live from now on.</summary>
    public static IdentityIndex Build(Document document, TimeProvider time, PasswordForm passwords = PasswordForm.Plain) => new(document, time, passwords);

    /// <inheritdoc/>
    public Consumer? Find(string idOrUsername) => _consumers.Find(idOrUsername);

    /// <inheritdoc/>
    public Consumer? FindByCustomId(string customId) => _consumers.FindByCustomId(customId);

    /// <summary>Who an API key belongs to; false for an unknown or expired one.</summary>
    public bool TryFindKey(ReadOnlySpan<char> key, out KeyGrant grant) => _keys.TryGetValue(KeyDigest.Of(key), out grant) && IsAlive(grant);

    /// <summary>Whose user name and password these are (both UTF-8); false when the user is unknown or the password is another.</summary>
    /// <remarks>An unknown user costs as much time as a wrong password, so that answers do not tell which names exist.</remarks>
    public bool TryFindPassword(ReadOnlySpan<byte> username, ReadOnlySpan<byte> password, out PasswordGrant grant)
    {
        grant = default;
        if (username.Length > CredentialReader.UsernameBytesMax) return false;
        Span<char> name = stackalloc char[CredentialReader.UsernameBytesMax];
        var known = Encoding.UTF8.TryGetChars(username, name, out var length) && _passwordsByName.TryGetValue(name[..length], out grant);
        var digest = PasswordDigest.Of(password, known ? grant.Consumer.Id : PasswordDigest.NobodyId);
        return digest.Matches(grant.Digest) & known;
    }

    /// <summary>The secret of a user of signed requests.</summary>
    public bool TryFindHmacUser(string username, [NotNullWhen(true)] out SigningGrant? grant) => _hmacUsers.TryGetValue(username, out grant);

    /// <summary>The key that a token names as its signer.</summary>
    public bool TryFindTokenKey(string key, [NotNullWhen(true)] out TokenGrant? grant) => _tokenKeys.TryGetValue(key, out grant);

    bool IsAlive(in KeyGrant grant) => grant.ExpiresAtTicks == KeyGrant.Never || _time.GetUtcNow().UtcTicks < grant.ExpiresAtTicks;
}
