using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Weir.Config;

/// <summary>The kinds of vaults, by the names that Kong gives them.</summary>
static class VaultKinds
{
    /// <summary>Those that can be declared.</summary>
    public static readonly IReadOnlyList<string> Supported = ["env", "file", "hcv", "aws", "gcp", "azure", "conjur"];

    /// <summary>Those that Kong has and Weir has not.</summary>
    public static readonly IReadOnlyList<string> Unsupported = ["konnect"];

    /// <summary>The form of a kind's settings; null when there is no such kind.</summary>
    public static Shape? SettingsOf(string kind) => kind switch
    {
        "env" => Shape.Of(EntityJson.Default.EnvVaultSettings),
        "file" => Shape.Of(EntityJson.Default.FileVaultSettings),
        "hcv" => Shape.Of(EntityJson.Default.HcvVaultSettings),
        "aws" => Shape.Of(EntityJson.Default.AwsVaultSettings),
        "gcp" => Shape.Of(EntityJson.Default.GcpVaultSettings),
        "azure" => Shape.Of(EntityJson.Default.AzureVaultSettings),
        "conjur" => Shape.Of(EntityJson.Default.ConjurVaultSettings),
        _ => null,
    };

    /// <summary>Names all that defines a vault, out of which nothing of it can be read.</summary>
    public static string IdOf(string kind, RemoteVaultSettings settings)
    {
        var json = JsonSerializer.Serialize(settings, SettingsOf(kind)!.Type);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {json}")));
    }
}
