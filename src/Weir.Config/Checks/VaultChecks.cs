using System.Text.RegularExpressions;

namespace Weir.Config;

static partial class VaultChecks
{
    public static void Check(Row row, VaultConfig vault, Report report)
    {
        if (VaultKinds.Unsupported.Contains(vault.Name))
            report.Error(row, "name", $"Weir does not support the vault '{vault.Name}' yet; it has: {string.Join(", ", VaultKinds.Supported)}");
        else if (!VaultKinds.Supported.Contains(vault.Name))
            report.Error(row, "name", $"vault '{vault.Name}' is not installed; expected one of: {string.Join(", ", VaultKinds.Supported)}");
        if (!PrefixForm().IsMatch(vault.Prefix))
            report.Error(row, "prefix", $"invalid value: {vault.Prefix}; small letters, digits and '-' are expected, beginning with a letter");
        else if (VaultKinds.Supported.Contains(vault.Prefix) || VaultKinds.Unsupported.Contains(vault.Prefix))
            report.Error(row, "prefix", $"must not be one of: {string.Join(", ", [.. VaultKinds.Supported, .. VaultKinds.Unsupported])}");
    }

    /// <summary>The rules across the settings of a kind of vault. Told are the field and what is wrong.</summary>
    public static void CheckSettings(object settings, Action<string, string> tell)
    {
        if (settings is ConjurVaultSettings { ApiKey: null })
            tell("api_key", "required field missing: auth_method api_key needs it");
        if (settings is not HcvVaultSettings hcv)
            return;
        foreach (var (name, value) in NeededBy(hcv, tell))
            if (value is null)
                tell(name, $"required field missing: auth_method {MethodName(hcv.AuthMethod)} needs it");
        if (hcv is { AuthMethod: HcvAuthMethod.Cert, Protocol: not "https" })
            tell("protocol", "expected https: auth_method cert proves itself in the TLS handshake");
        if (hcv is { CaCertificate: not null, SslVerify: false })
            tell("ssl_verify", "is off: ca_certificate would have no effect");
    }

    static (string Name, string? Value)[] NeededBy(HcvVaultSettings hcv, Action<string, string> tell)
    {
        switch (hcv.AuthMethod)
        {
            case HcvAuthMethod.Token:
                return [("token", hcv.Token)];
            case HcvAuthMethod.Kubernetes:
                return [("kube_role", hcv.KubeRole)];
            case HcvAuthMethod.AppRole:
                return [("approle_role_id", hcv.ApproleRoleId), ("approle_secret_id", hcv.ApproleSecretId ?? hcv.ApproleSecretIdFile)];
            case HcvAuthMethod.Cert:
                return [("cert_auth_cert", hcv.CertAuthCert), ("cert_auth_cert_key", hcv.CertAuthCertKey)];
            case HcvAuthMethod.Jwt:
                return
                [
                    ("jwt_role", hcv.JwtRole), ("oauth2_token_endpoint", hcv.OAuth2TokenEndpoint), ("oauth2_client_id", hcv.OAuth2ClientId),
                    ("oauth2_client_secret", hcv.OAuth2ClientSecret),
                ];
            default:
                tell("auth_method", "Weir does not support this way yet; it has: token, kubernetes, approle, cert, jwt");
                return [];
        }
    }

    static string MethodName(HcvAuthMethod method) => method == HcvAuthMethod.AppRole ? "approle" : method.ToString().ToLowerInvariant();

    [GeneratedRegex("^[a-z][a-z0-9-]*[a-z0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixForm();
}
