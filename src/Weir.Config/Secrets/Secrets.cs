using System.Text.Json;

namespace Weir.Config;

/// <summary>Resolves vault references while a document is read. Values never reach a message.</summary>
sealed class Secrets(ReadOptions options, Report report)
{
    readonly Dictionary<string, Vault> _vaults = new(StringComparer.Ordinal)
    {
        ["env"] = new EnvVault(options.Environment, ""),
        ["file"] = new FileVault(options.SecretsDirectory),
    };

    /// <summary>Makes a named vault known.</summary>
    public void Declare(string prefix, Vault vault) => _vaults[prefix] = vault;

    /// <summary>The secret; the reference itself when secrets are not resolved; null after a problem was reported.</summary>
    public string? Resolve(string reference, Place place, string entity, FieldPath path)
    {
        if (VaultReference.Parse(reference) is not { } parsed)
        {
            report.Error(place, entity, path.ToString(), "malformed vault reference: {vault://vault/name} or {vault://vault/name/key} is expected");
            return null;
        }
        if (!_vaults.TryGetValue(parsed.Vault, out var vault))
        {
            var message = VaultChecks.Unsupported.Contains(parsed.Vault)
                ? $"Weir does not support the vault '{parsed.Vault}' yet"
                : $"no vault '{parsed.Vault}' in the document{Suggestion.For(parsed.Vault, _vaults.Keys)}";
            report.Error(place, entity, path.ToString(), message);
            return null;
        }
        if (!options.ResolveSecrets)
            return reference;
        var found = vault.Find(parsed);
        var value = found.Value is null || parsed.Key is null ? found : Extract(found.Value, parsed.Key);
        if (value.Value is null)
            report.Error(place, entity, path.ToString(), $"vault reference {reference} cannot be resolved: {value.Problem}");
        return value.Value;
    }

    static (string? Value, string Problem) Extract(string json, string key)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            if (parsed.RootElement.ValueKind != JsonValueKind.Object || !parsed.RootElement.TryGetProperty(key, out var value))
                return (null, $"the secret is not a JSON object with the key '{key}'");
            return value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False
                ? (value.ToString(), "")
                : (null, $"the key '{key}' holds neither text nor number");
        }
        catch (JsonException)
        {
            return (null, $"a key was asked for, but the secret is not JSON");
        }
    }
}
