using System.Text;
using Weir.Config;

namespace Weir.Identity;

/// <summary>Reads secrets of CyberArk Conjur (REST API: Authenticate, Retrieve a Secret).</summary>
sealed class ConjurClient(IUpstreams upstreams, IssuedCache<IssuedToken> tokens, ConjurVaultSettings settings) : IVaultClient
{
    public async ValueTask<Fetched> FetchAsync(string resource, string? version, CancellationToken stop)
    {
        if (version is not null && !version.All(char.IsAsciiDigit)) return Fetched.Failed("the version is no number");
        var grant = await tokens.GetAsync();
        if (grant.Item is not { } token) return Fetched.Failed(grant.Problem!);
        var query = version is null ? "" : $"?version={version}";
        var url = ConjurServer.Url(settings, $"secrets/{Uri.EscapeDataString(settings.Account)}/variable/{Uri.EscapeDataString(resource)}{query}");
        var answer = await VaultCall.SendAsync(upstreams, VaultCall.Get(url, [new("Authorization", $"Token token=\"{token.Text}\"")], stop));
        if (answer.Status == 401) tokens.Drop(token);
        return answer switch
        {
            { Problem: not null } => answer.Failed(),
            { Status: 200 } => Fetched.Found(Encoding.UTF8.GetString(answer.Body.Span)),
            { Status: 404 } => Fetched.Missing($"there is no such variable, it has no value, or the identity may not see it at {answer.Server}"),
            { Status: 401 } => Fetched.Failed($"{answer.Server} does not accept the credentials"),
            { Status: 403 } => Fetched.Failed($"{answer.Server} refuses: the identity may not read it"),
            _ => answer.Failed(),
        };
    }
}

/// <summary>Access tokens of Conjur, each good for eight minutes.</summary>
sealed class ConjurTokens(IUpstreams upstreams, ConjurVaultSettings settings, TimeProvider time) : IIssuer<IssuedToken>
{
    static readonly TimeSpan Life = TimeSpan.FromMinutes(8);

    public string Identity => $"{settings.Login} at {new Uri(settings.EndpointUrl).Authority}";

    public async ValueTask<Grant<IssuedToken>> FetchAsync(CancellationToken stop)
    {
        var asked = time.GetUtcNow();
        var url = ConjurServer.Url(settings, $"authn/{Uri.EscapeDataString(settings.Account)}/{Uri.EscapeDataString(settings.Login)}/authenticate");
        var message = TokenCall.Message(url, "POST", [new("Content-Type", "text/plain")], Encoding.UTF8.GetBytes(settings.ApiKey!), stop);
        var answer = await VaultCall.SendAsync(upstreams, message);
        if (answer.Status == 401) return Grant<IssuedToken>.None($"{answer.Server} refuses the login");
        if (answer is { Problem: not null } or { Status: not 200 }) return Grant<IssuedToken>.None(answer.Failed().Problem);
        return answer.Body.IsEmpty
            ? Grant<IssuedToken>.None($"the answer of {answer.Server} to the login is empty")
            : Grant<IssuedToken>.Of(new IssuedToken(Convert.ToBase64String(answer.Body.Span), asked, asked + Life));
    }
}

/// <summary>Where Conjur is.</summary>
static class ConjurServer
{
    public static Uri Url(ConjurVaultSettings settings, string path) => new(settings.EndpointUrl.TrimEnd('/') + "/" + path);
}
