namespace Weir.Identity;

/// <summary>Where Entra is, and what its tokens are asked for.</summary>
static class EntraServer
{
    /// <summary>Azure's models, as the endpoints of machines name them.</summary>
    public const string Models = "https://cognitiveservices.azure.com/";

    /// <summary>A resource as the token endpoint names it: all that the identity may do there.</summary>
    public static string ScopeOf(string resource) => resource.TrimEnd('/') + "/.default";

    /// <summary>Microsoft's public cloud.</summary>
    public static readonly Uri Public = new("https://login.microsoftonline.com");

    /// <summary>The one that the environment names, as all of Azure's clients read it; else the public one.</summary>
    public static Uri Of(Func<string, string?> environment) =>
        Uri.TryCreate(environment("AZURE_AUTHORITY_HOST"), UriKind.Absolute, out var given) ? given : Public;

    public static Uri TokenUrl(Uri server, string tenant) => new(server, $"/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token");
}

/// <summary>Tokens of an application that is registered in Entra (client credentials).</summary>
/// <param name="upstreams">How the token endpoint is called.</param>
/// <param name="time">The clock.</param>
/// <param name="client">The application.</param>
/// <param name="server">Entra in place of Microsoft's public one.</param>
/// <param name="resource">What the tokens are for.</param>
sealed class EntraClientTokens(
    IUpstreams upstreams, TimeProvider time, EntraClient client, Uri? server = null, string resource = EntraServer.Models) : IIssuer<IssuedToken>
{
    readonly Uri _url = EntraServer.TokenUrl(server ?? EntraServer.Public, client.TenantId);

    public string Identity => $"client {client.ClientId}";

    public ValueTask<Grant<IssuedToken>> FetchAsync(CancellationToken stop) => TokenCall.SendAsync(upstreams, time, TokenCall.Form(
        _url,
        stop,
        ("grant_type", "client_credentials"),
        ("client_id", client.ClientId),
        ("client_secret", client.ClientSecret),
        ("scope", EntraServer.ScopeOf(resource))));
}

/// <summary>An application that is registered in Entra. Never shown: its text is the id alone.</summary>
sealed record EntraClient(string TenantId, string ClientId, string ClientSecret)
{
    public override string ToString() => ClientId;
}

/// <summary>Tokens of the managed identity that a pod's service account in Kubernetes stands for (workload identity).</summary>
/// <param name="upstreams">How the token endpoint is called.</param>
/// <param name="time">The clock.</param>
/// <param name="pod">The pod's identity.</param>
/// <param name="resource">What the tokens are for.</param>
sealed class EntraPodTokens(IUpstreams upstreams, TimeProvider time, EntraPod pod, string resource = EntraServer.Models) : IIssuer<IssuedToken>
{
    readonly Uri _url = EntraServer.TokenUrl(pod.Server, pod.TenantId);

    public string Identity => $"workload identity {pod.ClientId}";

    public async ValueTask<Grant<IssuedToken>> FetchAsync(CancellationToken stop)
    {
        var (assertion, problem) = await SecretFile.ReadAsync(pod.TokenFile, stop);
        if (assertion is null) return Grant<IssuedToken>.None(problem!);
        return await TokenCall.SendAsync(upstreams, time, TokenCall.Form(
            _url,
            stop,
            ("grant_type", "client_credentials"),
            ("client_id", pod.ClientId),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
            ("scope", EntraServer.ScopeOf(resource))));
    }
}

/// <summary>What Azure's webhook tells a pod of its identity.</summary>
sealed record EntraPod(string TenantId, string ClientId, string TokenFile, Uri Server)
{
    /// <summary>The identity that the environment names; null for none.</summary>
    /// <param name="clientId">Another of the pod's identities than the environment's; null for that one.</param>
    /// <param name="environment">Variables of the environment.</param>
    public static EntraPod? Of(string? clientId, Func<string, string?> environment)
    {
        if (environment("AZURE_FEDERATED_TOKEN_FILE") is not { Length: > 0 } file || environment("AZURE_TENANT_ID") is not { Length: > 0 } tenant) return null;
        if ((clientId ?? environment("AZURE_CLIENT_ID")) is not { Length: > 0 } id) return null;
        return new EntraPod(tenant, id, file, EntraServer.Of(environment));
    }
}

/// <summary>Tokens of the managed identity of the Azure machine that this runs on.</summary>
/// <param name="upstreams">How the machine's endpoint is called.</param>
/// <param name="time">The clock.</param>
/// <param name="clientId">Which of several identities; null for the machine's own.</param>
/// <param name="machine">The machine.</param>
/// <param name="resource">What the tokens are for.</param>
sealed class EntraMachineTokens(
    IUpstreams upstreams, TimeProvider time, string? clientId, EntraMachine machine, string resource = EntraServer.Models) : IIssuer<IssuedToken>
{
    readonly Uri _url = new(
        $"{machine.Url}?api-version={machine.Version}&resource={Uri.EscapeDataString(resource)}"
        + (clientId is null ? "" : $"&client_id={Uri.EscapeDataString(clientId)}"));

    public string Identity => clientId is null ? "the machine's managed identity" : $"managed identity {clientId}";

    public ValueTask<Grant<IssuedToken>> FetchAsync(CancellationToken stop) =>
        TokenCall.SendAsync(upstreams, time, TokenCall.Machine(_url, "GET", [machine.Header], stop));
}

/// <summary>Where a machine of Azure gives out tokens. Never shown: its text is the address alone.</summary>
/// <param name="Url">The address.</param>
/// <param name="Version">Version of its API.</param>
/// <param name="Header">What it wants to see.</param>
sealed record EntraMachine(Uri Url, string Version, KeyValuePair<string, string> Header)
{
    /// <summary>A virtual machine, and a node of Kubernetes.</summary>
    public static readonly EntraMachine Virtual =
        new(new Uri("http://169.254.169.254/metadata/identity/oauth2/token"), "2018-02-01", new("Metadata", "true"));

    /// <summary>An App Service or a container app where the environment says so, else a virtual machine.</summary>
    public static EntraMachine Of(Func<string, string?> environment) =>
        environment("IDENTITY_HEADER") is { Length: > 0 } secret && Uri.TryCreate(environment("IDENTITY_ENDPOINT"), UriKind.Absolute, out var url)
            ? new EntraMachine(url, "2019-08-01", new("X-IDENTITY-HEADER", secret))
            : Virtual;

    public override string ToString() => Url.ToString();
}
