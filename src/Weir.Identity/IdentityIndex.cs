using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Config;

namespace Weir.Identity;

/// <summary>
/// Who may call: the consumers and credentials of one configuration by everything a request can name them with. Never changes; the next one shares what is
/// the same. No look-up allocates.
/// </summary>
sealed class IdentityIndex : IConsumers
{
    readonly TimeProvider _time;
    readonly ConsumerIndex _consumers;
    readonly CredentialIndex<KeyAuthCredentialConfig, KeyDigest, KeyGrant> _keys;
    readonly CredentialIndex<BasicAuthCredentialConfig, string, PasswordGrant> _passwords;
    readonly CredentialIndex<HmacAuthCredentialConfig, string, SigningGrant> _hmacUsers;
    readonly CredentialIndex<JwtCredentialConfig, string, TokenGrant> _tokenKeys;

    IdentityIndex(Document document, TimeProvider time)
    {
        var read = Reader(document, _consumers = new ConsumerIndex(document), time);
        _time = time;
        _keys = CredentialIndex<KeyAuthCredentialConfig, KeyDigest, KeyGrant>.Of(document.KeyAuthCredentials, CredentialReader.NameOf, read.Read);
        _passwords = CredentialIndex<BasicAuthCredentialConfig, string, PasswordGrant>.Of(document.BasicAuthCredentials, CredentialReader.NameOf, read.Read);
        _hmacUsers = CredentialIndex<HmacAuthCredentialConfig, string, SigningGrant>.Of(document.HmacAuthCredentials, CredentialReader.NameOf, read.Read);
        _tokenKeys = CredentialIndex<JwtCredentialConfig, string, TokenGrant>.Of(document.JwtSecrets, CredentialReader.NameOf, read.Read);
        VirtualKeys = new VirtualKeys(document, _consumers, time);
    }

    IdentityIndex(IdentityIndex index, Document before, Document after, ConsumerIndex consumers)
    {
        var read = Reader(after, consumers, index._time);
        _time = index._time;
        _consumers = consumers;
        _keys = index._keys.Next(before.KeyAuthCredentials, after.KeyAuthCredentials, CredentialReader.NameOf, read.Read);
        _passwords = index._passwords.Next(before.BasicAuthCredentials, after.BasicAuthCredentials, CredentialReader.NameOf, read.Read);
        _hmacUsers = index._hmacUsers.Next(before.HmacAuthCredentials, after.HmacAuthCredentials, CredentialReader.NameOf, read.Read);
        _tokenKeys = index._tokenKeys.Next(before.JwtSecrets, after.JwtSecrets, CredentialReader.NameOf, read.Read);
        var hasSameKeys = ReferenceEquals(before.VirtualKeys, after.VirtualKeys) && ReferenceEquals(before.AiModels, after.AiModels);
        VirtualKeys = hasSameKeys ? index.VirtualKeys : new VirtualKeys(after, consumers, _time);
    }

    /// <summary>The keys of callers of models.</summary>
    public VirtualKeys VirtualKeys { get; }

    /// <summary>The index of a checked document. Keys with a <c>ttl</c> live from now on.</summary>
    public static IdentityIndex Build(Document document, TimeProvider time) => new(document, time);

    /// <summary>The lists of a document that the index is made of.</summary>
    public static object[] MadeOf(Document document) =>
    [
        document.Consumers, document.ConsumerGroups, document.Acls, document.KeyAuthCredentials, document.BasicAuthCredentials, document.HmacAuthCredentials,
        document.JwtSecrets, document.VirtualKeys, document.AiModels,
    ];

    /// <summary>
    /// The index of the document after the one that this is of. Whoever makes documents out of others gives a consumer a new record, and its groups and
    /// credentials too, when any of them is another; keys with a <c>ttl</c> live from when they are first seen.
    /// </summary>
    public IdentityIndex Next(Document before, Document after)
    {
        var changes = ListChanges.Between(before.Consumers, after.Consumers);
        if (changes.Count > after.Consumers.Count || before.PasswordsAreHashed != after.PasswordsAreHashed) return Build(after, _time);
        var changed = changes.Select(static change => change.After?.Id).OfType<string>().ToHashSet();
        List<AclConfig> acls = [.. ListChanges.Between(before.Acls, after.Acls).Select(static change => change.After).OfType<AclConfig>()];
        // A group of a consumer that is the same as before would be lost.
        if (acls.Exists(acl => acl.Consumer?.Id is not { } id || !changed.Contains(id))) return Build(after, _time);
        return new IdentityIndex(this, before, after, _consumers.Next(changes, after.ConsumerGroups, acls));
    }

    static CredentialReader Reader(Document document, ConsumerIndex consumers, TimeProvider time) =>
        new(consumers, document.PasswordsAreHashed ? PasswordForm.Hashed : PasswordForm.Plain, time.GetUtcNow());

    /// <inheritdoc/>
    public Consumer? Find(string idOrUsername) => _consumers.Find(idOrUsername);

    /// <inheritdoc/>
    public Consumer? FindByCustomId(string customId) => _consumers.FindByCustomId(customId);

    /// <summary>Who an API key belongs to; false for an unknown or expired one.</summary>
    public bool TryFindKey(ReadOnlySpan<char> key, out KeyGrant grant) => _keys.Grants.TryGetValue(KeyDigest.Of(key), out grant) && IsAlive(grant);

    /// <summary>Whose user name and password these are (both UTF-8); false when the user is unknown or the password is another.</summary>
    /// <remarks>An unknown user costs as much time as a wrong password, so that answers do not tell which names exist.</remarks>
    public bool TryFindPassword(ReadOnlySpan<byte> username, ReadOnlySpan<byte> password, out PasswordGrant grant)
    {
        grant = default;
        if (username.Length > CredentialReader.UsernameBytesMax) return false;
        Span<char> name = stackalloc char[CredentialReader.UsernameBytesMax];
        var known = Encoding.UTF8.TryGetChars(username, name, out var length) && _passwords.Grants.TryGetValue((ReadOnlySpan<char>)name[..length], out grant);
        var digest = PasswordDigest.Of(password, known ? grant.Consumer.Id : PasswordDigest.NobodyId);
        return digest.Matches(grant.Digest) & known;
    }

    /// <summary>The secret of a user of signed requests.</summary>
    public bool TryFindHmacUser(string username, [NotNullWhen(true)] out SigningGrant? grant) => _hmacUsers.Grants.TryGetValue(username, out grant);

    /// <summary>The key that a token names as its signer.</summary>
    public bool TryFindTokenKey(string key, [NotNullWhen(true)] out TokenGrant? grant) => _tokenKeys.Grants.TryGetValue(key, out grant);

    bool IsAlive(in KeyGrant grant) => grant.ExpiresAtTicks == KeyGrant.Never || _time.GetUtcNow().UtcTicks < grant.ExpiresAtTicks;
}
