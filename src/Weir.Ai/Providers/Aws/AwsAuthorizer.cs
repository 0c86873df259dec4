using Weir.Identity;

namespace Weir.Ai;

/// <summary>Signs calls to Amazon Bedrock.</summary>
sealed class AwsAuthorizer(SigV4Signer signer, AwsIdentity identity, string region) : IAuthorizer
{
    public const string Service = "bedrock";

    public async ValueTask<string?> AuthorizeAsync(CallDraft draft)
    {
        var grant = await identity.GetAsync();
        if (grant.Item is not { } credentials) return grant.Problem;
        var request = new AwsRequest
        {
            Method = draft.Method,
            Host = draft.To.Authority,
            Path = draft.Path,
            Query = draft.Query.TrimStart('?'),
            Headers = [.. draft.Headers.Where(static header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))],
            Body = draft.Body,
        };
        draft.Headers.AddRange(signer.Sign(request, credentials, region, Service));
        return null;
    }
}
