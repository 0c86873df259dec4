using Weir.Ai.Plugins;
using Weir.Identity;

namespace Weir.Ai;

/// <summary>Chooses how calls to a target are proven: a key, a signature, or a token of the cloud's identity service.</summary>
static class Authorizers
{
    const string GoogleVariable = "GCP_SERVICE_ACCOUNT";

    /// <summary>The authorizer of a target whose configuration has passed <see cref="AuthorizerRules.Check"/>.</summary>
    /// <param name="config">The target.</param>
    /// <param name="context">The house: tokens outlive a reload in it.</param>
    /// <param name="environment">Variables of the environment; the process's own when null.</param>
    public static IAuthorizer Of(TargetConfig config, PluginContext context, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        return config switch
        {
            { Model.Provider: ProviderName.Bedrock, Auth.HeaderName: null } => Aws(config, context, environment),
            { Model.Provider: ProviderName.Azure, Auth.AzureUseManagedIdentity: true } => Entra(config.Auth, context, environment),
            { Model.Provider: ProviderName.Gemini or ProviderName.Vertex, Auth.GcpUseServiceAccount: true } => Google(config.Auth, context, environment),
            _ => new KeyAuthorizer(config.Auth),
        };
    }

    static AwsAuthorizer Aws(TargetConfig config, PluginContext context, Func<string, string?> environment)
    {
        var signer = context.Keep.Get("llm-aws-signer", () => new SigV4Signer(context.Time));
        return new AwsAuthorizer(signer, AwsIdentities.Of(config, signer, context, environment), BedrockApi.RegionOf(config.Model.Options));
    }

    static TokenAuthorizer Entra(TargetAuth auth, PluginContext context, Func<string, string?> environment)
    {
        var (upstreams, time) = (context.Get<IUpstreams>(), context.Time);
        if (auth is { AzureClientId: { } id, AzureClientSecret: { } secret, AzureTenantId: { } tenant })
        {
            var client = new EntraClient(tenant, id, secret);
            var server = EntraServer.Of(environment);
            var name = IdentityKeys.Of("entra-client", tenant, id, secret, server.ToString());
            return Tokens(context, name, () => new EntraClientTokens(upstreams, time, client, server));
        }
        if (EntraPod.Of(auth.AzureClientId, environment) is { } pod)
            return Tokens(context, IdentityKeys.Of("entra-pod", pod.TenantId, pod.ClientId, pod.TokenFile), () => new EntraPodTokens(upstreams, time, pod));
        var machine = EntraMachine.Of(environment);
        var key = IdentityKeys.Of("entra-machine", auth.AzureClientId, machine.Url.ToString());
        return Tokens(context, key, () => new EntraMachineTokens(upstreams, time, auth.AzureClientId, machine));
    }

    static IAuthorizer Google(TargetAuth auth, PluginContext context, Func<string, string?> environment)
    {
        var (upstreams, time) = (context.Get<IUpstreams>(), context.Time);
        var json = auth.GcpServiceAccountJson ?? environment(GoogleVariable);
        if (string.IsNullOrEmpty(json))
        {
            var server = UrlOf(auth.GcpMetadataUrl);
            return Tokens(context, IdentityKeys.Of("google-machine", auth.GcpMetadataUrl), () => new GoogleMachineTokens(upstreams, time, server));
        }
        List<string> problems = [];
        if (GoogleKey.Read(json, problems.Add) is not { } key)
        {
            var origin = auth.GcpServiceAccountJson is null ? $"{GoogleVariable} in the environment" : "gcp_service_account_json";
            return new UnableAuthorizer($"{origin}: {string.Join("; ", problems)}");
        }
        var endpoint = UrlOf(auth.GcpOauthTokenUrl);
        return Tokens(context, IdentityKeys.Of("google-key", json, auth.GcpOauthTokenUrl), () => new GoogleKeyTokens(upstreams, time, key, endpoint));
    }

    static Uri? UrlOf(string? text) => text is null ? null : new Uri(text);

    static TokenAuthorizer Tokens(PluginContext context, string key, Func<IIssuer<IssuedToken>> issuer) =>
        new(context.Keep.Get(key, () => new IssuedCache<IssuedToken>(issuer(), context.Time, context.Log)));
}
