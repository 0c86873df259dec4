using Weir.Identity;

namespace Weir.Ai;

/// <summary>A bearer token that is fetched and renewed.</summary>
sealed class TokenAuthorizer(IssuedCache<IssuedToken> tokens) : IAuthorizer
{
    public async ValueTask<string?> AuthorizeAsync(CallDraft draft)
    {
        var grant = await tokens.GetAsync();
        if (grant.Item is not { } token) return grant.Problem;
        draft.Headers.Add(new("Authorization", token.Header));
        return null;
    }
}

/// <summary>No call can be made: something that only the machine can tell is missing.</summary>
sealed class UnableAuthorizer(string why) : IAuthorizer
{
    public ValueTask<string?> AuthorizeAsync(CallDraft draft) => new(why);
}
