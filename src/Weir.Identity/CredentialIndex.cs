using System.Diagnostics.CodeAnalysis;
using Weir.Config;

namespace Weir.Identity;

/// <summary>Credentials of one kind by what a request names them with. Of two with the same name the first counts (a checked document has no second).</summary>
sealed class CredentialIndex<TConfig, TKey, TGrant>
    where TConfig : CredentialConfig
    where TKey : notnull
{
    // Of several with one name only the first is kept: what comes after a change cannot be told from it.
    readonly bool _isUnique;

    CredentialIndex(LayeredIndex<TKey, TGrant> grants, bool isUnique) => (Grants, _isUnique) = (grants, isUnique);

    public LayeredIndex<TKey, TGrant> Grants { get; }

    /// <summary>The name of a credential; false when it has none.</summary>
    public delegate bool NameOf(TConfig config, [MaybeNullWhen(false)] out TKey key);

    /// <summary>What a credential grants; false when it can identify nobody.</summary>
    public delegate bool Reads(TConfig config, [MaybeNullWhen(false)] out TGrant grant);

    /// <summary>Reads all credentials of a document.</summary>
    public static CredentialIndex<TConfig, TKey, TGrant> Of(IReadOnlyList<TConfig> all, NameOf nameOf, Reads reads)
    {
        var isUnique = true;
        var grants = new Dictionary<TKey, TGrant>(all.Count);
        foreach (var config in all)
            if (nameOf(config, out var key) && reads(config, out var grant)) isUnique &= grants.TryAdd(key, grant);
        return new CredentialIndex<TConfig, TKey, TGrant>(new LayeredIndex<TKey, TGrant>(grants), isUnique);
    }

    /// <summary>The index after some credentials have changed.</summary>
    /// <param name="before">The document's credentials before.</param>
    /// <param name="after">The document's credentials.</param>
    /// <param name="nameOf">Names them.</param>
    /// <param name="reads">Reads them.</param>
    public CredentialIndex<TConfig, TKey, TGrant> Next(IReadOnlyList<TConfig> before, IReadOnlyList<TConfig> after, NameOf nameOf, Reads reads)
    {
        var changes = ListChanges.Between(before, after);
        if (changes.Count == 0) return this;
        if (!_isUnique || changes.Count > after.Count) return Of(after, nameOf, reads);
        var grants = Grants.Edit();
        foreach (var (old, _) in changes)
            if (old is not null && nameOf(old, out var key)) grants.Remove(key);
        var isUnique = true;
        foreach (var (_, config) in changes)
            if (config is not null && nameOf(config, out var key) && reads(config, out var grant)) isUnique &= grants.TryAdd(key, grant);
        return isUnique ? new CredentialIndex<TConfig, TKey, TGrant>(grants.ToIndex(), isUnique) : Of(after, nameOf, reads);
    }
}
