using System.Text.Json;
using Weir.Config;

namespace Weir.Identity;

/// <summary>Reads key-value secrets of HashiCorp Vault (API documentation: secret/kv/kv-v1, secret/kv/kv-v2).</summary>
sealed class HcvClient(IUpstreams upstreams, HcvVaultSettings settings, HcvLogin login) : IVaultClient
{
    public async ValueTask<Fetched> FetchAsync(string resource, string? version, CancellationToken stop)
    {
        // The path goes into a URL, where these mean another one.
        if (resource.Split('/').Any(static part => part is "" or "." or ".."))
            return Fetched.Failed("the path of a secret has no empty part, no '.' and no '..'");
        if (settings.Kv == "v1" && version is not null) return Fetched.Failed("a version was asked for, but the engine's version is 1 (kv: v1)");
        if (version is not null && !version.All(char.IsAsciiDigit)) return Fetched.Failed("the version is no number");
        var grant = await login.GetAsync();
        if (grant.Item is not { } token) return Fetched.Failed(grant.Problem!);
        var answer = await AskAsync(resource, version, token, stop);
        // The token may have been revoked, or Vault may have been set up anew: one login says which it is.
        if (answer.Status == 403 && login.Drop(token) && (await login.GetAsync()).Item is { } renewed)
            answer = await AskAsync(resource, version, renewed, stop);
        return Read(answer);
    }

    async ValueTask<VaultAnswer> AskAsync(string resource, string? version, IssuedToken token, CancellationToken stop)
    {
        var data = settings.Kv == "v2" ? "data/" : "";
        var query = version is null ? "" : $"?version={version}";
        var url = new Uri(HcvServer.Url(settings), $"/v1/{VaultCall.PathOf(settings.Mount.Trim('/'))}/{data}{VaultCall.PathOf(resource)}{query}");
        return await VaultCall.SendAsync(upstreams, VaultCall.Get(url, HcvServer.Headers(settings, token.Text), stop));
    }

    Fetched Read(VaultAnswer answer) => answer switch
    {
        { Problem: not null } => answer.Failed(),
        { Status: 200 } => VaultCall.Read(answer.Body, SecretOf) is { } secret
            ? Fetched.Found(secret)
            : Fetched.Failed($"{answer.Server} answered with something that is no secret of a key-value engine (kv: {settings.Kv})"),
        { Status: 404 } when settings.Kv == "v1" && VaultCall.Says(answer.Body, "Invalid path for a versioned K/V") =>
            Fetched.Missing("the engine's version is 2, and the vault is declared with kv: v1"),
        { Status: 404 } when VaultCall.Says(answer.Body, "\"deletion_time\"") => Fetched.Missing("that version of the secret is deleted"),
        { Status: 404 } => Fetched.Missing($"there is no such secret under {settings.Mount} of {answer.Server}"),
        { Status: 403 } => Fetched.Failed($"{answer.Server} refuses: the token may not read it, or is no good"),
        { Status: 503 } => Fetched.Failed($"{answer.Server} is sealed or in maintenance"),
        _ => answer.Failed(),
    };

    string? SecretOf(JsonElement root)
    {
        var secret = settings.Kv == "v2" ? root.Object("data").Object("data") : root.Object("data");
        return secret.ValueKind == JsonValueKind.Object ? secret.GetRawText() : null;
    }
}

/// <summary>Where HashiCorp Vault is, and what every request to it carries.</summary>
static class HcvServer
{
    public static Uri Url(HcvVaultSettings settings) => new UriBuilder(settings.Protocol, settings.Host, settings.Port).Uri;

    public static List<KeyValuePair<string, string>> Headers(HcvVaultSettings settings, string? token)
    {
        // Vault's answer to forged requests of browsers and of servers that are tricked into calling it.
        List<KeyValuePair<string, string>> headers = [new("X-Vault-Request", "true")];
        if (settings.Namespace is { } space) headers.Add(new("X-Vault-Namespace", space));
        if (token is not null) headers.Add(new("X-Vault-Token", token));
        return headers;
    }
}
