using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Gateway.Plugins;

/// <summary>How a Redis server is reached.</summary>
sealed record RedisConfig
{
    [Description("Host name or address of the server."), Format(TextFormat.Host), Referenceable]
    public string? Host { get; init; }

    [Description("Port of the server."), Range(0, 65535), Referenceable]
    public int Port { get; init; } = 6379;

    [Description("Time for connecting, sending and receiving, in milliseconds each."), Range(0, 2147483646)]
    public int Timeout { get; init; } = 2000;

    [Description("User name; unset for the default user."), Referenceable]
    public string? Username { get; init; }

    [Description("Password; unset to send no AUTH command."), Secret]
    public string? Password { get; init; }

    [Description("Number of the database.")]
    public int Database { get; init; }

    [Description("Connect with TLS.")]
    public bool Ssl { get; init; }

    [Description("Verify the server's certificate."), DefaultSince("3.14", "true")]
    public bool SslVerify { get; init; }

    [Description("Server name sent in the TLS handshake."), Format(TextFormat.Sni), Referenceable]
    public string? ServerName { get; init; }

    [Description("Log in with a cloud identity instead of a password.")]
    public CloudAuthentication? CloudAuthentication { get; init; }
}

/// <summary>Login at a cloud's managed Redis.</summary>
sealed record CloudAuthentication
{
    [Description("The cloud."), Referenceable]
    public CloudProvider? AuthProvider { get; init; }

    [Description("AWS: name of the cache."), Referenceable]
    public string? AwsCacheName { get; init; }

    [Description("AWS: region of the cache."), Referenceable]
    public string? AwsRegion { get; init; }

    [Description("AWS: whether the cache is serverless.")]
    public bool AwsIsServerless { get; init; } = true;

    [Description("AWS: access key id."), Secret]
    public string? AwsAccessKeyId { get; init; }

    [Description("AWS: secret access key."), Secret]
    public string? AwsSecretAccessKey { get; init; }

    [Description("AWS: role to assume."), Secret]
    public string? AwsAssumeRoleArn { get; init; }

    [Description("AWS: session name for the assumed role."), Secret]
    public string? AwsRoleSessionName { get; init; }

    [Description("GCP: service account as JSON."), Secret]
    public string? GcpServiceAccountJson { get; init; }

    [Description("Azure: client id."), Secret]
    public string? AzureClientId { get; init; }

    [Description("Azure: client secret."), Secret]
    public string? AzureClientSecret { get; init; }

    [Description("Azure: tenant id."), Secret]
    public string? AzureTenantId { get; init; }
}

/// <summary>Clouds with managed Redis.</summary>
enum CloudProvider
{
    [JsonStringEnumMemberName("aws")] Aws,
    [JsonStringEnumMemberName("gcp")] Gcp,
    [JsonStringEnumMemberName("azure")] Azure,
}
