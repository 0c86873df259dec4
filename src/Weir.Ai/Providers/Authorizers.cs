using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Weir.Ai.Plugins;

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
            { Model.Provider: ProviderName.Azure, Auth.AzureUseManagedIdentity: true } => Entra(config.Auth, context),
            { Model.Provider: ProviderName.Gemini or ProviderName.Vertex, Auth.GcpUseServiceAccount: true } => Google(config.Auth, context, environment),
            _ => new KeyAuthorizer(config.Auth),
        };
    }

    static IAuthorizer Aws(TargetConfig config, PluginContext context, Func<string, string?> environment)
    {
        if (CredentialsOf(config.Auth, environment) is not { } credentials)
            return new UnableAuthorizer(
                "no AWS credentials: set aws_access_key_id and aws_secret_access_key, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
        var signer = context.Keep.Get("llm-aws-signer", () => new SigV4Signer(context.Time));
        return new AwsAuthorizer(signer, credentials, BedrockApi.RegionOf(config.Model.Options));
    }

    static AwsCredentials? CredentialsOf(TargetAuth auth, Func<string, string?> environment)
    {
        if (auth is { AwsAccessKeyId: { Length: > 0 } id, AwsSecretAccessKey: { Length: > 0 } secret }) return new AwsCredentials(id, secret);
        // A session token belongs to the key that it came with, never to a configured one.
        return environment("AWS_ACCESS_KEY_ID") is { Length: > 0 } theirs && environment("AWS_SECRET_ACCESS_KEY") is { Length: > 0 } hidden
            ? new AwsCredentials(theirs, hidden, environment("AWS_SESSION_TOKEN") is { Length: > 0 } token ? token : null)
            : null;
    }

    static TokenAuthorizer Entra(TargetAuth auth, PluginContext context)
    {
        var (upstreams, time) = (context.Get<IUpstreams>(), context.Time);
        if (auth is not { AzureClientId: { } id, AzureClientSecret: { } secret, AzureTenantId: { } tenant })
            return Tokens(context, KeyOf("entra-machine", auth.AzureClientId), () => new EntraMachineTokens(upstreams, time, auth.AzureClientId));
        var client = new EntraClient(tenant, id, secret);
        return Tokens(context, KeyOf("entra-client", tenant, id, secret), () => new EntraClientTokens(upstreams, time, client));
    }

    static IAuthorizer Google(TargetAuth auth, PluginContext context, Func<string, string?> environment)
    {
        var (upstreams, time) = (context.Get<IUpstreams>(), context.Time);
        var json = auth.GcpServiceAccountJson ?? environment(GoogleVariable);
        if (string.IsNullOrEmpty(json))
        {
            var server = UrlOf(auth.GcpMetadataUrl);
            return Tokens(context, KeyOf("google-machine", auth.GcpMetadataUrl), () => new GoogleMachineTokens(upstreams, time, server));
        }
        List<string> problems = [];
        if (GoogleKey.Read(json, problems.Add) is not { } key)
        {
            var origin = auth.GcpServiceAccountJson is null ? $"{GoogleVariable} in the environment" : "gcp_service_account_json";
            return new UnableAuthorizer($"{origin}: {string.Join("; ", problems)}");
        }
        var endpoint = UrlOf(auth.GcpOauthTokenUrl);
        return Tokens(context, KeyOf("google-key", json, auth.GcpOauthTokenUrl), () => new GoogleKeyTokens(upstreams, time, key, endpoint));
    }

    static Uri? UrlOf(string? text) => text is null ? null : new Uri(text);

    static TokenAuthorizer Tokens(PluginContext context, string key, Func<ITokenSource> source) =>
        new(context.Keep.Get(key, () => new TokenCache(source(), context.Time, context.Log)));

    /// <summary>A name for what defines an identity, out of which nothing of it can be read: lengths keep the parts apart.</summary>
    static string KeyOf(string kind, params ReadOnlySpan<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return $"llm-token/{kind}/{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
