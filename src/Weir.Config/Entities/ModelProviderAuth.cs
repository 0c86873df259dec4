using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>How the gateway proves itself to a provider. The fields of other types are refused.</summary>
sealed record ModelProviderAuth
{
    [Description("basic: a header or a parameter. aws, azure, gcp: that cloud's own identities.")]
    public ModelAuthType Type { get; init; }

    [Description("basic: the header that carries the key."), MaxLength(1)]
    public IReadOnlyList<ModelAuthHeader>? Headers { get; init; }

    [Description("basic: the parameter that carries the key."), MaxLength(1)]
    public IReadOnlyList<ModelAuthParam>? Params { get; init; }

    [Description("aws: access key id; unset: the environment's."), Secret]
    public string? AccessKeyId { get; init; }

    [Description("aws: secret access key."), Secret]
    public string? SecretAccessKey { get; init; }

    [Description("aws: role to assume."), Referenceable]
    public string? AssumeRoleArn { get; init; }

    [Description("aws: name of the session of the assumed role."), Referenceable]
    public string? RoleSessionName { get; init; }

    [Description("aws: endpoint of the security token service.")]
    public string? StsEndpointUrl { get; init; }

    [Description("aws: role of batch jobs.")]
    public string? BatchRoleArn { get; init; }

    [Description("azure: client id."), Referenceable]
    public string? ClientId { get; init; }

    [Description("azure: client secret."), Secret]
    public string? ClientSecret { get; init; }

    [Description("azure: tenant."), Referenceable]
    public string? TenantId { get; init; }

    [Description("azure: use the machine's managed identity, or the client's credentials above.")]
    public bool? UseManagedIdentity { get; init; }

    [Description("gcp: use a service account.")]
    public bool? UseGcpServiceAccount { get; init; }

    [Description("gcp: the service account's key file, as JSON."), Secret]
    public string? ServiceAccountJson { get; init; }

    [Description("gcp: metadata server in place of Google's."), Referenceable]
    public string? MetadataUrl { get; init; }

    [Description("gcp: token endpoint in place of the key file's."), Referenceable]
    public string? OauthTokenUrl { get; init; }
}

/// <summary>Ways to prove oneself to a provider.</summary>
enum ModelAuthType
{
    [JsonStringEnumMemberName("basic")] Basic,
    [JsonStringEnumMemberName("aws")] Aws,
    [JsonStringEnumMemberName("azure")] Azure,
    [JsonStringEnumMemberName("gcp")] Gcp,
}

/// <summary>A header with a key.</summary>
sealed record ModelAuthHeader
{
    [Description("Name of the header."), Referenceable]
    public required string Name { get; init; }

    [Description("Its value, with a scheme where the provider wants one: Bearer …."), Secret]
    public string? Value { get; init; }
}

/// <summary>A parameter with a key.</summary>
sealed record ModelAuthParam
{
    [Description("Name of the parameter."), Referenceable]
    public required string Name { get; init; }

    [Description("Its value."), Secret]
    public string? Value { get; init; }

    [Description("Where it stands: query or body.")]
    public string? Location { get; init; }
}
