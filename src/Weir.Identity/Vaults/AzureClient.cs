using Weir.Config;

namespace Weir.Identity;

/// <summary>Reads secrets of Azure Key Vault (REST reference: Get Secret, version 7.4).</summary>
sealed class AzureClient(IUpstreams upstreams, IssuedCache<IssuedToken> tokens, AzureVaultSettings settings) : IVaultClient
{
    /// <summary>What tokens for key vaults are for. Other clouds have other names; their vaults' addresses end with them.</summary>
    public static string ResourceOf(Uri vault) => vault.Host switch
    {
        var host when host.EndsWith(".vault.azure.cn", StringComparison.OrdinalIgnoreCase) => "https://vault.azure.cn",
        var host when host.EndsWith(".vault.usgovcloudapi.net", StringComparison.OrdinalIgnoreCase) => "https://vault.usgovcloudapi.net",
        _ => "https://vault.azure.net",
    };

    public async ValueTask<Fetched> FetchAsync(string resource, string? version, CancellationToken stop)
    {
        if (!resource.All(static each => char.IsAsciiLetterOrDigit(each) || each == '-'))
            return Fetched.Failed("a secret of Azure Key Vault has only letters, digits and '-' in its name");
        if (version is not null && !version.All(char.IsAsciiLetterOrDigit)) return Fetched.Failed("a version of Azure Key Vault has only letters and digits");
        var grant = await tokens.GetAsync();
        if (grant.Item is not { } token) return Fetched.Failed(grant.Problem!);
        var url = new Uri(new Uri(settings.VaultUri), $"/secrets/{resource}{(version is null ? "" : "/" + version)}?api-version=7.4");
        var answer = await VaultCall.SendAsync(upstreams, VaultCall.Get(url, [new("Authorization", token.Header)], stop));
        if (answer.Status == 401) tokens.Drop(token);
        return Read(answer);
    }

    static Fetched Read(VaultAnswer answer) => answer switch
    {
        { Problem: not null } => answer.Failed(),
        { Status: 200 } => VaultCall.Read(answer.Body, static root => root.Text("value")) is { } secret
            ? Fetched.Found(secret)
            : Fetched.Failed($"the answer of {answer.Server} has no secret"),
        { Status: 404 } => Fetched.Missing($"there is no such secret, or no such version of it, at {answer.Server}"),
        { Status: 403 } when VaultCall.Says(answer.Body, "SecretDisabled") => Fetched.Missing("the secret is disabled"),
        { Status: 403 } => Fetched.Failed($"{answer.Server} refuses: the identity may not read it, or the vault's firewall is closed"),
        { Status: 401 } => Fetched.Failed($"{answer.Server} does not accept the credentials"),
        _ => answer.Failed(),
    };
}
