namespace Weir.Config;

/// <summary>A vault on another machine. What one reading took from it is noted in <paramref name="used"/>.</summary>
sealed class RemoteVault(ISecretStore? store, VaultSource source, ICollection<StoredSecret> used)
    : Vault(source.Settings.Base64Decode ?? false, decodesKey: true)
{
    static readonly string[] Options = ["base64_decode", "neg_ttl", "resurrect_ttl", "ttl"];

    protected override (string? Value, string Problem) Read(VaultReference reference)
    {
        if (reference.Options.Keys.FirstOrDefault(static name => !Options.Contains(name)) is { } unknown)
            return (null, $"unknown option '{unknown}'; expected one of: {string.Join(", ", Options)}");
        if (store is null)
            return (null, $"secrets of the vault '{source.Prefix}' are fetched by a running gateway only");
        var found = store.Find(source, reference);
        used.Add(found);
        return (found.Value, found.Problem);
    }
}
