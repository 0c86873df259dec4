using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Weir.Config;

/// <summary>Settings of a vault of environment variables.</summary>
sealed record EnvVaultSettings
{
    [Description("Text put before the name of every secret."), MinLength(0)]
    public string? Prefix { get; init; }

    [Description("Whether the values are base64.")]
    public bool Base64Decode { get; init; }

    [Description("Accepted for compatibility: secrets are read when the configuration is loaded."), Range(0.0, 1e9)]
    public double? Ttl { get; init; }

    [Description("Accepted for compatibility."), Range(0.0, 1e9)]
    public double? NegTtl { get; init; }

    [Description("Accepted for compatibility."), Range(0.0, 1e9)]
    public double? ResurrectTtl { get; init; }
}

/// <summary>Settings of a vault of files.</summary>
sealed record FileVaultSettings
{
    [Description("Directory with one file per secret.")]
    public required string Directory { get; init; }

    [Description("Text put before the name of every file."), MinLength(0)]
    public string? Prefix { get; init; }

    [Description("Whether the files hold base64.")]
    public bool Base64Decode { get; init; }
}
