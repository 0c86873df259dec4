namespace Weir.Config;

/// <summary>
/// Keeps the secrets of vaults on other machines. Reading a document never waits for one: what is not there yet is noted, fetched between two readings, and
/// found by the next.
/// </summary>
interface ISecretStore
{
    /// <summary>What the store has for a reference now. What it has not is wanted from here on.</summary>
    StoredSecret Find(VaultSource vault, VaultReference reference);

    /// <summary>Fetches what is wanted. True when reading again will find something else than before.</summary>
    ValueTask<bool> FetchAsync(CancellationToken cancellation);

    /// <summary>Forgets every secret but these, which the configuration in force uses.</summary>
    void Keep(IReadOnlyCollection<StoredSecret> used);
}

/// <summary>A vault on another machine, as it is declared.</summary>
/// <param name="Prefix">How references name it.</param>
/// <param name="Kind">Its kind: hcv, aws, gcp, azure or conjur.</param>
/// <param name="Settings">Its parsed settings. They hold secrets.</param>
/// <param name="Id">Names all that defines it: two declarations that mean the same have the same.</param>
sealed record VaultSource(string Prefix, string Kind, RemoteVaultSettings Settings, string Id)
{
    public override string ToString() => Prefix;
}

/// <summary>What a vault gave for a reference at one time. Never shown: its text says nothing.</summary>
/// <param name="value">The secret; null for none.</param>
/// <param name="problem">Why there is none, without anything of the secret.</param>
/// <param name="owner">What the store keeps it in.</param>
sealed class StoredSecret(string? value, string problem, object? owner = null)
{
    volatile bool _isOutdated;

    public string? Value => value;

    public string Problem => problem;

    public object? Owner => owner;

    /// <summary>Whether the store would still say the same. What was read with one that is not has to be read again.</summary>
    public bool IsCurrent => !_isOutdated;

    public void Outdate() => _isOutdated = true;

    public override string ToString() => value is null ? problem : "a secret";
}
