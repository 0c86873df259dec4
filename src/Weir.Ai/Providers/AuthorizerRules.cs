using System.Text.RegularExpressions;
using Weir.Ai.Plugins;
using Weir.Identity;

namespace Weir.Ai;

/// <summary>Rules of what proves a target's calls, across fields.</summary>
static partial class AuthorizerRules
{
    /// <summary>Tells problems of a target whose fields stand below <paramref name="prefix"/>: empty, or with a dot at its end.</summary>
    public static void Check(TargetConfig target, string prefix, Problems problems)
    {
        var auth = target.Auth;
        if (auth.AwsAccessKeyId is null != auth.AwsSecretAccessKey is null)
            problems.Add($"{prefix}auth", "all or none of these fields must be set: 'aws_access_key_id', 'aws_secret_access_key'");
        CheckRole(target.Model.Options.Bedrock, $"{prefix}model.options.bedrock.", problems);
        if (auth.ParamName is { } name && auth.ParamLocation == ParamLocation.Body && !BodyParameter.CanBeNamed(name))
            problems.Add($"{prefix}auth.param_name", "cannot be the name of a field: it holds a quote, a backslash or a control character");

        // The id alone chooses among the machine's identities.
        if (auth.AzureClientSecret is null != auth.AzureTenantId is null || (auth.AzureClientSecret is not null && auth.AzureClientId is null))
            problems.Add(
                $"{prefix}auth",
                "all of these fields must be set, or 'azure_client_id' alone, or none: 'azure_client_id', 'azure_client_secret', 'azure_tenant_id'");

        CheckUrl(auth.GcpMetadataUrl, $"{prefix}auth.gcp_metadata_url", problems);
        CheckUrl(auth.GcpOauthTokenUrl, $"{prefix}auth.gcp_oauth_token_url", problems);
        // Files are also checked where their secrets are not at hand.
        if (auth.GcpServiceAccountJson is { } json && !Config.VaultReference.Looks(json))
            GoogleKey.Read(json, problem => problems.Add($"{prefix}auth.gcp_service_account_json", problem));
    }

    static void CheckRole(BedrockOptions? options, string prefix, Problems problems)
    {
        if (options is null) return;
        if (options.AwsAssumeRoleArn is { } arn && !Config.VaultReference.Looks(arn) && !RoleArn().IsMatch(arn))
            problems.Add($"{prefix}aws_assume_role_arn", "is no ARN of a role: arn:aws:iam::ACCOUNT:role/NAME");
        if (options.AwsRoleSessionName is { } name && !Config.VaultReference.Looks(name) && !SessionName().IsMatch(name))
            problems.Add($"{prefix}aws_role_session_name", "must be 2 to 64 letters, digits and characters of =,.@-_");
        CheckUrl(options.AwsStsEndpointUrl, $"{prefix}aws_sts_endpoint_url", problems);
    }

    [GeneratedRegex(@"^arn:[a-z0-9-]+:iam::[0-9]{12}:role/[!-~]{1,512}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"^[A-Za-z0-9_+=,.@-]{2,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SessionName();

    static void CheckUrl(string? text, string field, Problems problems)
    {
        if (text is not null && !Config.VaultReference.Looks(text) && !GoogleKey.TryUrl(text, out _)) problems.Add(field, "is no absolute http or https URL");
    }
}
