using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Weir.Config;

/// <summary>How a gateway proves to HashiCorp Vault who it is.</summary>
enum HcvAuthMethod
{
    [JsonStringEnumMemberName("token")]
    Token,

    [JsonStringEnumMemberName("kubernetes")]
    Kubernetes,

    [JsonStringEnumMemberName("approle")]
    AppRole,

    [JsonStringEnumMemberName("cert")]
    Cert,

    [JsonStringEnumMemberName("jwt")]
    Jwt,

    [JsonStringEnumMemberName("aws_ec2")]
    AwsEc2,

    [JsonStringEnumMemberName("aws_iam")]
    AwsIam,

    [JsonStringEnumMemberName("gcp_iam")]
    GcpIam,

    [JsonStringEnumMemberName("gcp_gce")]
    GcpGce,

    [JsonStringEnumMemberName("azure")]
    Azure,
}

/// <summary>Settings of HashiCorp Vault, and of OpenBao, which has the same API.</summary>
sealed record HcvVaultSettings : RemoteVaultSettings
{
    [Description("How it is spoken to. Over http, tokens and secrets can be read on the way."), AllowedValues("http", "https")]
    public string Protocol { get; init; } = "http";

    [Description("Its host name or address."), Format(TextFormat.Host)]
    public string Host { get; init; } = "127.0.0.1";

    [Description("Its port."), Range(1, 65535)]
    public int Port { get; init; } = 8200;

    [Description("Namespace of the secrets and of the login (Vault Enterprise, OpenBao).")]
    public string? Namespace { get; init; }

    [Description("Where the secrets engine is mounted.")]
    public string Mount { get; init; } = "secret";

    [Description("Version of the key-value engine."), AllowedValues("v1", "v2")]
    public string Kv { get; init; } = "v1";

    [Description("Whether its certificate must be trusted and carry its name.")]
    public bool SslVerify { get; init; } = true;

    [Description("Authorities that its certificate is trusted from, in PEM, in place of the system's."), Format(TextFormat.PemCertificate), Referenceable]
    public string? CaCertificate { get; init; }

    [Description("How the gateway proves who it is.")]
    public HcvAuthMethod AuthMethod { get; init; }

    [Description("A token, for auth_method token."), Secret]
    public string? Token { get; init; }

    [Description("Role of the pod's service account, for auth_method kubernetes.")]
    public string? KubeRole { get; init; }

    [Description("Where that auth method is mounted.")]
    public string KubeAuthPath { get; init; } = "kubernetes";

    [Description("File with the service account's token. Empty: /run/secrets/kubernetes.io/serviceaccount/token.")]
    public string? KubeApiTokenFile { get; init; }

    [Description("Where auth method approle is mounted.")]
    public string ApproleAuthPath { get; init; } = "approle";

    [Description("Id of the role, for auth_method approle."), Referenceable]
    public string? ApproleRoleId { get; init; }

    [Description("The role's secret id."), Secret]
    public string? ApproleSecretId { get; init; }

    [Description("File with the role's secret id, read at every login.")]
    public string? ApproleSecretIdFile { get; init; }

    [Description("The secret id is a token that it is wrapped in. It can be unwrapped once: give every node its own.")]
    public bool ApproleResponseWrapping { get; init; }

    [Description("Role of the certificate, for auth_method cert. Empty: whichever fits.")]
    public string? CertAuthRoleName { get; init; }

    [Description("The certificate in PEM, for auth_method cert."), Format(TextFormat.PemCertificate), Referenceable]
    public string? CertAuthCert { get; init; }

    [Description("The certificate's key in PEM."), Format(TextFormat.PemKey), Secret]
    public string? CertAuthCertKey { get; init; }

    [Description("Role, for auth_method jwt.")]
    public string? JwtRole { get; init; }

    [Description("Where the token for auth_method jwt is asked for, by OAuth 2.0 client credentials."), JsonPropertyName("oauth2_token_endpoint")]
    [Format(TextFormat.Url)]
    public string? OAuth2TokenEndpoint { get; init; }

    [Description("The client's id there."), JsonPropertyName("oauth2_client_id"), Referenceable]
    public string? OAuth2ClientId { get; init; }

    [Description("The client's secret there."), JsonPropertyName("oauth2_client_secret"), Secret]
    public string? OAuth2ClientSecret { get; init; }

    [Description("Audiences of the token, separated by commas."), JsonPropertyName("oauth2_audiences")]
    public string? OAuth2Audiences { get; init; }
}
