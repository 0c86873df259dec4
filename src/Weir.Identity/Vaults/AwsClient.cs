using System.Text;
using System.Text.Json;
using Weir.Config;

namespace Weir.Identity;

/// <summary>Reads secrets of AWS Secrets Manager (API reference: GetSecretValue).</summary>
sealed class AwsClient(IUpstreams upstreams, SigV4Signer signer, AwsIdentity identity, AwsVaultSettings settings, string region) : IVaultClient
{
    const string Service = "secretsmanager";

    readonly Uri _url = new(settings.EndpointUrl
        ?? $"https://secretsmanager.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}/");

    public async ValueTask<Fetched> FetchAsync(string resource, string? version, CancellationToken stop)
    {
        if (StageOf(version) is not { } stage) return Fetched.Failed("the version is neither 1 (the current one) nor 2 (the one before)");
        var grant = await identity.GetAsync();
        if (grant.Item is not { } credentials) return Fetched.Failed(grant.Problem!);
        var message = VaultCall.Json(_url, [], json =>
        {
            json.WriteString("SecretId", resource);
            json.WriteString("VersionStage", stage);
        }, stop);
        message.Headers.AddRange(signer.Sign(Signed(message), credentials, region, Service));
        return Read(await VaultCall.SendAsync(upstreams, message));
    }

    /// <summary>Kong counts versions; Secrets Manager names them.</summary>
    static string? StageOf(string? version) => version switch
    {
        null or "1" or "AWSCURRENT" => "AWSCURRENT",
        "2" or "AWSPREVIOUS" => "AWSPREVIOUS",
        _ => null,
    };

    static AwsRequest Signed(UpstreamMessage message)
    {
        message.Headers.Add(new("Content-Type", "application/x-amz-json-1.1"));
        message.Headers.Add(new("X-Amz-Target", "secretsmanager.GetSecretValue"));
        return new AwsRequest
        {
            Method = message.Method,
            Host = message.To.Authority,
            Path = message.Path,
            Headers = [.. message.Headers.Where(static header => header.Key is "Content-Type" or "X-Amz-Target")],
            Body = message.Body,
        };
    }

    static Fetched Read(VaultAnswer answer)
    {
        if (answer.Problem is not null) return answer.Failed();
        if (answer.Status == 200)
        {
            return VaultCall.Read(answer.Body, SecretOf) is { } secret ? Fetched.Found(secret) : Fetched.Failed($"the answer of {answer.Server} has no secret");
        }
        // "com.amazon…#ResourceNotFoundException" in some services, the bare name in others.
        var error = VaultCall.Read(answer.Body, static root => root.Text("__type"))?.Split('#')[^1];
        return error switch
        {
            "ResourceNotFoundException" => Fetched.Missing($"there is no such secret, or no such version of it, at {answer.Server}"),
            "InvalidRequestException" => Fetched.Missing($"{answer.Server} does not give it out: the secret is marked for deletion or has no value"),
            "AccessDeniedException" => Fetched.Failed($"{answer.Server} refuses: the identity may not read it"),
            "DecryptionFailure" => Fetched.Failed($"{answer.Server} cannot decrypt it with its key"),
            "UnrecognizedClientException" or "InvalidSignatureException" or "ExpiredTokenException" or "IncompleteSignature" or "InvalidClientTokenId" =>
                Fetched.Failed($"{answer.Server} does not accept the credentials ({error})"),
            "ThrottlingException" => Fetched.Failed($"{answer.Server} has been asked too often"),
            _ => answer.Failed(),
        };
    }

    static string? SecretOf(JsonElement root)
    {
        if (root.Text("SecretString") is { } text) return text;
        return root.TryGetProperty("SecretBinary", out var binary) && binary.TryGetBytesFromBase64(out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }
}
