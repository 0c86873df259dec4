using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Rules of what proves a target's calls, across fields.</summary>
static class AuthorizerRules
{
    /// <summary>Tells problems of a target whose fields stand below <paramref name="prefix"/>: empty, or with a dot at its end.</summary>
    public static void Check(TargetConfig target, string prefix, Problems problems)
    {
        var auth = target.Auth;
        if (auth.AwsAccessKeyId is null != auth.AwsSecretAccessKey is null)
            problems.Add($"{prefix}auth", "all or none of these fields must be set: 'aws_access_key_id', 'aws_secret_access_key'");
        if (target.Model.Options.Bedrock?.AwsAssumeRoleArn is not null)
            problems.Add(
                $"{prefix}model.options.bedrock.aws_assume_role_arn", "assuming a role is not supported yet: give Weir credentials of the role itself");

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

    static void CheckUrl(string? text, string field, Problems problems)
    {
        if (text is not null && !Config.VaultReference.Looks(text) && !GoogleKey.TryUrl(text, out _)) problems.Add(field, "is no absolute http or https URL");
    }
}
