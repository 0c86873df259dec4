namespace Weir.Config;

/// <summary>Resolves vault references while a document is read. Values never reach a message.</summary>
sealed class Secrets(ReadOptions options, Report report)
{
    readonly Dictionary<string, Vault> _vaults = new(StringComparer.Ordinal)
    {
        ["env"] = new EnvVault(options.Environment, ""),
        ["file"] = new FileVault(options.SecretsDirectory),
    };

    readonly HashSet<StoredSecret> _used = [];

    /// <summary>What was taken from vaults on other machines so far.</summary>
    public IReadOnlyCollection<StoredSecret> Used => _used;

    /// <summary>Makes a named vault known.</summary>
    /// <param name="prefix">How references name it.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="settings">Its parsed settings; null when they have problems.</param>
    public void Declare(string prefix, string kind, object? settings) => _vaults[prefix] = settings switch
    {
        EnvVaultSettings env => new EnvVault(options.Environment, env.Prefix ?? "", env.Base64Decode),
        FileVaultSettings file => new FileVault(file.Directory, file.Prefix ?? "", file.Base64Decode),
        RemoteVaultSettings remote => new RemoteVault(options.Secrets, new VaultSource(prefix, kind, remote, VaultKinds.IdOf(kind, remote)), _used),
        _ => new UnusableVault(),
    };

    /// <summary>The secret; the reference itself when secrets are not resolved; null after a problem was reported.</summary>
    public string? Resolve(string reference, Place place, string entity, FieldPath path)
    {
        if (VaultReference.Parse(reference) is not { } parsed)
        {
            report.Error(place, entity, path.ToString(), "malformed vault reference: {vault://vault/name} or {vault://vault/name/key} is expected");
            return null;
        }
        if (Find(parsed.Vault, place) is not { } vault)
        {
            var message = VaultKinds.Unsupported.Contains(parsed.Vault)
                ? $"Weir does not support the vault '{parsed.Vault}' yet"
                : $"no vault '{parsed.Vault}' in the document{Suggestion.For(parsed.Vault, _vaults.Keys)}";
            report.Error(place, entity, path.ToString(), message);
            return null;
        }
        if (!options.ResolveSecrets)
            return reference;
        var found = vault.Find(parsed);
        if (found.Value is null)
            report.Error(place, entity, path.ToString(), $"vault reference {reference} cannot be resolved: {found.Problem}");
        else
            report.Mask(found.Value);
        return found.Value;
    }

    /// <summary>A declared vault; else one of the kinds by its own name, with settings from the environment (KONG_VAULT_HCV_TOKEN, …).</summary>
    Vault? Find(string name, Place place)
    {
        if (_vaults.TryGetValue(name, out var vault))
            return vault;
        if (VaultKinds.SettingsOf(name) is not { } shape)
            return null;
        // A reference among them to the vault itself must not come back here.
        _vaults[name] = new UnusableVault();
        using var reader = new ShapeReader(report, options.Compat, this);
        var entity = $"vault '{name}' of the environment";
        var settings = (RemoteVaultSettings?)reader.Read(VaultVariables.Read(name, shape, place, options), shape, entity, "config");
        if (settings is not null)
            VaultChecks.CheckSettings(settings, (field, problem) => report.Error(place, entity, "config." + field, problem));
        Declare(name, name, settings);
        return _vaults[name];
    }
}
