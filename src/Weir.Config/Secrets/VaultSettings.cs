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

    [Description("Accepted for compatibility: the environment of a process does not change."), Range(0.0, 1e9)]
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

/// <summary>What vaults on other machines have in common.</summary>
abstract record RemoteVaultSettings
{
    [Description("Seconds after which a secret is fetched again; a changed one goes live. Empty or 0: only when the configuration is reloaded.")]
    [Range(0.0, 1e9)]
    public double? Ttl { get; init; }

    [Description("Seconds before a secret that was not there is asked for again. Empty or 0: every minute, and whenever the configuration changes.")]
    [Range(0.0, 1e9)]
    public double? NegTtl { get; init; }

    [Description("Seconds that a secret stays in use beyond its ttl when it cannot be fetched again. Empty: 100000000, about three years.")]
    [Range(0.0, 1e9)]
    public double? ResurrectTtl { get; init; }

    [Description("Whether the secrets, or the keys taken from them, are base64.")]
    public bool? Base64Decode { get; init; }
}

/// <summary>Settings of AWS Secrets Manager. Credentials are those of the environment, the pod, the container or the machine.</summary>
sealed record AwsVaultSettings : RemoteVaultSettings
{
    [Description("Region of the secrets. Empty: AWS_REGION or AWS_DEFAULT_REGION of the environment.")]
    public string? Region { get; init; }

    [Description("The service in place of the region's own."), Format(TextFormat.Url)]
    public string? EndpointUrl { get; init; }

    [Description("ARN of a role in which secrets are read."), Referenceable]
    public string? AssumeRoleArn { get; init; }

    [Description("Name under which the role's calls stand in AWS's audit trail.")]
    public string RoleSessionName { get; init; } = "KongVault";

    [Description("The security token service in place of the region's own."), Format(TextFormat.Url)]
    public string? StsEndpointUrl { get; init; }
}

/// <summary>Settings of Google Secret Manager. Credentials are the key file in GCP_SERVICE_ACCOUNT, else the machine's service account.</summary>
sealed record GcpVaultSettings : RemoteVaultSettings
{
    [Description("Project of the secrets."), Referenceable]
    public required string ProjectId { get; init; }

    [Description("The service in place of https://secretmanager.googleapis.com, for example a region's own."), Format(TextFormat.Url)]
    public string? EndpointUrl { get; init; }
}

/// <summary>Settings of Azure Key Vault. Credentials are a registered application's, a pod's workload identity or the machine's managed identity.</summary>
sealed record AzureVaultSettings : RemoteVaultSettings
{
    [Description("Where the vault is: https://NAME.vault.azure.net."), Format(TextFormat.Url), Referenceable]
    public required string VaultUri { get; init; }

    [Description("First part of the names of environment variables: AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_TENANT_ID.")]
    public string CredentialsPrefix { get; init; } = "AZURE";

    [Description("Accepted for compatibility: the address of the vault says where it is.")]
    public string? Location { get; init; }

    [Description("Id of the registered application or of the managed identity. Empty: that of the environment."), Referenceable]
    public string? ClientId { get; init; }

    [Description("The directory of the application. Empty: that of the environment."), Referenceable]
    public string? TenantId { get; init; }

    [Description("What of the vault is read."), AllowedValues("secrets")]
    public string Type { get; init; } = "secrets";
}

/// <summary>Settings of CyberArk Conjur.</summary>
sealed record ConjurVaultSettings : RemoteVaultSettings
{
    [Description("Where Conjur is."), Format(TextFormat.Url)]
    public required string EndpointUrl { get; init; }

    [Description("How the gateway proves who it is."), AllowedValues("api_key")]
    public string AuthMethod { get; init; } = "api_key";

    [Description("Account of the organisation."), Referenceable]
    public required string Account { get; init; }

    [Description("Name of the workload."), Referenceable]
    public required string Login { get; init; }

    [Description("Key of the workload."), Secret]
    public string? ApiKey { get; init; }
}
