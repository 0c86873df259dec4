using Weir.Ai.Plugins;

namespace Weir.Ai;

/// <summary>Chooses in whose name calls to AWS are signed, in the order in which AWS's own clients look.</summary>
static class AwsIdentities
{
    /// <summary>
    /// The configured key; else the environment's key, a pod's service account, the container's role, the machine's role. Where a role is to be assumed, a
    /// session of it that this identity asks for.
    /// </summary>
    public static AwsIdentity Of(TargetConfig config, SigV4Signer signer, PluginContext context, Func<string, string?> environment)
    {
        var region = BedrockApi.RegionOf(config.Model.Options);
        var options = config.Model.Options.Bedrock ?? new BedrockOptions();
        var endpoint = UrlOf(options.AwsStsEndpointUrl);
        var (identity, id) = Base(config.Auth, region, context, environment);
        if (options.AwsAssumeRoleArn is not { } arn) return identity;
        var role = new AwsRole(arn, options.AwsRoleSessionName ?? AwsRole.DefaultSessionName, region, endpoint);
        var key = IdentityKeys.Of("aws-role", [.. id, arn, role.SessionName, region, endpoint?.ToString()]);
        return Sessions(context, key, () => new AwsAssumedRole(context.Get<IUpstreams>(), signer, context.Time, identity, role));
    }

    static (AwsIdentity Identity, string?[] Id) Base(TargetAuth auth, string region, PluginContext context, Func<string, string?> environment)
    {
        if (auth is { AwsAccessKeyId: { Length: > 0 } id, AwsSecretAccessKey: { Length: > 0 } secret })
            return (new AwsIdentity(new AwsCredentials(id, secret)), ["key", id, secret]);
        // A session token belongs to the key that it came with, never to a configured one.
        if (environment("AWS_ACCESS_KEY_ID") is { Length: > 0 } theirs && environment("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } hidden)
        {
            var token = environment("AWS_SESSION_TOKEN") is { Length: > 0 } given ? given : null;
            return (new AwsIdentity(new AwsCredentials(theirs, hidden, token)), ["environment", theirs, hidden, token]);
        }
        var (upstreams, time) = (context.Get<IUpstreams>(), context.Time);
        if (environment("AWS_WEB_IDENTITY_TOKEN_FILE") is { Length: > 0 } file && environment("AWS_ROLE_ARN") is { Length: > 0 } arn)
        {
            var name = environment("AWS_ROLE_SESSION_NAME") is { Length: > 0 } given ? given : AwsRole.DefaultSessionName;
            var role = new AwsRole(arn, name, region, UrlOf(environment("AWS_ENDPOINT_URL_STS")));
            return Made("web", [file, arn, name, region], () => new AwsWebIdentity(upstreams, time, file, role));
        }
        if (AwsContainer.Of(environment) is { } place) return Made("container", [place.Url.ToString()], () => new AwsContainerKeys(upstreams, time, place));
        var machine = UrlOf(environment("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
        return Made("machine", [machine?.ToString()], () => new AwsMachineKeys(upstreams, time, machine));

        (AwsIdentity, string?[]) Made(string kind, string?[] parts, Func<IIssuer<AwsSession>> issuer) =>
            (Sessions(context, IdentityKeys.Of("aws-" + kind, parts), issuer), [kind, .. parts]);
    }

    static Uri? UrlOf(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    static AwsIdentity Sessions(PluginContext context, string key, Func<IIssuer<AwsSession>> issuer) =>
        new(context.Keep.Get(key, () => new IssuedCache<AwsSession>(issuer(), context.Time, context.Log)));
}
