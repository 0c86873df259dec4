using System.Text.Json;

namespace Weir.Config;

/// <summary>Makes vaults of vault entities.</summary>
static class VaultSettings
{
    /// <summary>The vault, or null when its kind is not one of ours.</summary>
    public static Vault? Of(VaultConfig vault, ReadOptions options) => vault.Name switch
    {
        "env" => new EnvVault(options.Environment, Text(vault, "prefix") ?? "", Flag(vault, "base64_decode")),
        "file" => new FileVault(Text(vault, "directory") ?? options.SecretsDirectory, Text(vault, "prefix") ?? "", Flag(vault, "base64_decode")),
        _ => null,
    };

    static string? Text(VaultConfig vault, string name) =>
        Find(vault, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    static bool Flag(VaultConfig vault, string name) => Find(vault, name) is { ValueKind: JsonValueKind.True };

    static JsonElement? Find(VaultConfig vault, string name) =>
        vault.Config is { ValueKind: JsonValueKind.Object } config && config.TryGetProperty(name, out var value) ? value : null;
}
