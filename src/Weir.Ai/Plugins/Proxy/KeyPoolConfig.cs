using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Weir.Ai.Plugins;

/// <summary>Several credentials for one target, and when one of them rests. Weir's own: Kong has one credential per target.</summary>
sealed record KeyPoolConfig
{
    [Description("The credentials. What they have in common, such as header_name, stands in auth; auth has no value of its own then.")]
    public IReadOnlyList<PooledKeyConfig> Keys { get; init; } = [];

    [Description("Which key a call gets: each in its turn, or the one with the fewest calls under way.")]
    public KeyRotation Rotation { get; init; } = KeyRotation.RoundRobin;

    [Description("Longest rest of a key that the provider refused, in milliseconds, whatever the provider says; 0: keys never rest."), Range(0, 86_400_000)]
    public int RestMax { get; init; } = 300_000;
}

/// <summary>One credential of several. Only the fields that differ from <c>auth</c>.</summary>
sealed record PooledKeyConfig
{
    [Description("What the key is called in logs and metrics; a digest of it when unset."), Format(TextFormat.Name), MaxLength(64)]
    public string? Name { get; init; }

    [Description("Value of auth.header_name, with a scheme where the provider wants one: Bearer …."), Secret]
    public string? HeaderValue { get; init; }

    [Description("Value of auth.param_name."), Secret]
    public string? ParamValue { get; init; }

    [Description("AWS: access key id."), Secret]
    public string? AwsAccessKeyId { get; init; }

    [Description("AWS: secret access key."), Secret]
    public string? AwsSecretAccessKey { get; init; }

    [Description("Azure: client id."), Referenceable]
    public string? AzureClientId { get; init; }

    [Description("Azure: client secret."), Secret]
    public string? AzureClientSecret { get; init; }

    [Description("Google: the service account's key file, as JSON."), Secret]
    public string? GcpServiceAccountJson { get; init; }

    /// <summary>The secret part; null when there is none.</summary>
    internal string? Secret => HeaderValue ?? ParamValue ?? AwsSecretAccessKey ?? AzureClientSecret ?? GcpServiceAccountJson;

    /// <summary>The auth block of a target with this key in it.</summary>
    internal TargetAuth Over(TargetAuth auth) => auth with
    {
        HeaderValue = HeaderValue ?? auth.HeaderValue,
        ParamValue = ParamValue ?? auth.ParamValue,
        AwsAccessKeyId = AwsAccessKeyId ?? auth.AwsAccessKeyId,
        AwsSecretAccessKey = AwsSecretAccessKey ?? auth.AwsSecretAccessKey,
        AzureClientId = AzureClientId ?? auth.AzureClientId,
        AzureClientSecret = AzureClientSecret ?? auth.AzureClientSecret,
        GcpServiceAccountJson = GcpServiceAccountJson ?? auth.GcpServiceAccountJson,
    };

    /// <summary>A name for a secret out of which it cannot be read.</summary>
    internal static string DigestOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 6));
}

/// <summary>Which of several keys a call gets.</summary>
enum KeyRotation
{
    [JsonStringEnumMemberName("round-robin")] RoundRobin,
    [JsonStringEnumMemberName("least-used")] LeastUsed,
}
