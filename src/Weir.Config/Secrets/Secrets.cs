using System.Text;
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
    public void Declare(VaultConfig vault)
    {
        if (VaultSettings.Of(vault, options) is { } settings)
            _vaults[vault.Prefix] = settings;
    }

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
            report.Error(place, entity, path.ToString(), $"no vault '{parsed.Vault}' in the document{Suggestion.For(parsed.Vault, _vaults.Keys)}");
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

/// <summary>A place secrets come from.</summary>
abstract class Vault(bool base64 = false)
{
    /// <summary>The secret, or what stands in the way.</summary>
    public (string? Value, string Problem) Find(VaultReference reference)
    {
        var found = Read(reference);
        var decode = reference.Options.TryGetValue("base64_decode", out var asked) ? asked == "true" : base64;
        if (found.Value is null || !decode)
            return found;
        var bytes = new byte[found.Value.Length];
        return Convert.TryFromBase64String(found.Value.Trim(), bytes, out var written)
            ? (Encoding.UTF8.GetString(bytes, 0, written), "")
            : (null, "the secret is not base64");
    }

    protected abstract (string? Value, string Problem) Read(VaultReference reference);
}

/// <summary>Environment variables: the resource in capitals, '-' as '_', after the vault's prefix.</summary>
sealed class EnvVault(Func<string, string?> environment, string prefix, bool base64 = false) : Vault(base64)
{
    protected override (string? Value, string Problem) Read(VaultReference reference)
    {
        var before = reference.Options.GetValueOrDefault("prefix", prefix);
        var name = (before + reference.Resource).ToUpperInvariant().Replace('-', '_');
        return environment(name) is { } value ? (value, "") : (null, $"the environment variable {name} is not set");
    }
}

/// <summary>Files of one directory, one secret each, as container platforms mount them.</summary>
sealed class FileVault(string? directory, string prefix = "", bool base64 = false) : Vault(base64)
{
    const int SecretBytesMax = 1 << 20;

    protected override (string? Value, string Problem) Read(VaultReference reference)
    {
        if (directory is null)
            return (null, "the file vault has no directory");
        var name = prefix + reference.Resource;
        if (name.AsSpan().ContainsAny('/', '\\') || name is "." or ".." || name.Contains('\0', StringComparison.Ordinal))
            return (null, "a file of the vault is named without a directory");
        var file = new FileInfo(Path.Combine(directory, name));
        try
        {
            if (!file.Exists)
                return (null, $"there is no file {file.FullName}");
            if (file.Length > SecretBytesMax)
                return (null, $"the file {file.FullName} is larger than {SecretBytesMax} bytes");
            // Editors and 'echo' end files with a line break that is no part of the secret.
            return (File.ReadAllText(file.FullName).TrimEnd('\n', '\r'), "");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, $"the file {file.FullName} cannot be read");
        }
    }
}
