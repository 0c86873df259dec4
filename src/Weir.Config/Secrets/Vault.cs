using System.Text;

namespace Weir.Config;

/// <summary>A place secrets come from.</summary>
/// <param name="base64">Whether its secrets are base64.</param>
/// <param name="decodesKey">Whether what is base64 is the key's value, and not the record that the key is taken from.</param>
abstract class Vault(bool base64 = false, bool decodesKey = false)
{
    /// <summary>The secret, or what stands in the way.</summary>
    public (string? Value, string Problem) Find(VaultReference reference)
    {
        var found = Read(reference);
        var decode = reference.Options.TryGetValue("base64_decode", out var asked) ? asked == "true" : base64;
        if (decode && !decodesKey)
            found = Decoded(found);
        if (found.Value is not null && reference.Key is not null)
            found = SecretKey.Take(found.Value, reference.Key);
        return decode && decodesKey ? Decoded(found) : found;
    }

    protected abstract (string? Value, string Problem) Read(VaultReference reference);

    static (string? Value, string Problem) Decoded((string? Value, string Problem) found)
    {
        if (found.Value is null)
            return found;
        var bytes = new byte[found.Value.Length];
        return Convert.TryFromBase64String(found.Value.Trim(), bytes, out var written)
            ? (Encoding.UTF8.GetString(bytes, 0, written), "")
            : (null, "the secret is not base64");
    }
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
            return (null, "the vault 'file' has no directory: the setting vault_file_directory names one");
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

/// <summary>A vault whose declaration is wrong, which is reported there.</summary>
sealed class UnusableVault : Vault
{
    protected override (string? Value, string Problem) Read(VaultReference reference) => (null, "the declaration of the vault has problems");
}
