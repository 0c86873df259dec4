using Weir.Ai.Plugins;
using Weir.Identity;

namespace Weir.Ai;

/// <summary>In whose name calls to Bedrock are signed.</summary>
static class AwsIdentities
{
    /// <summary>The target's key, else the first identity of <see cref="AwsChain"/>; in the role that the target names, if it does.</summary>
    public static AwsIdentity Of(TargetConfig config, SigV4Signer signer, PluginContext context, Func<string, string?> environment)
    {
        var region = BedrockApi.RegionOf(config.Model.Options);
        var options = config.Model.Options.Bedrock ?? new BedrockOptions();
        var endpoint = Uri.TryCreate(options.AwsStsEndpointUrl, UriKind.Absolute, out var url) ? url : null;
        var configured = config.Auth is { AwsAccessKeyId: { Length: > 0 } id, AwsSecretAccessKey: { Length: > 0 } secret }
            ? new AwsCredentials(id, secret) : null;
        var session = options.AwsRoleSessionName ?? AwsRole.DefaultSessionName;
        var role = options.AwsAssumeRoleArn is { } arn ? new AwsRole(arn, session, region, endpoint) : null;
        var chain = new AwsChain(
            context.Get<IUpstreams>(), signer, context.Time, environment,
            (key, issuer) => context.Keep.Get(key, () => new IssuedCache<AwsSession>(issuer(), context.Time, context.Log)));
        return chain.Of(region, configured, role);
    }
}
