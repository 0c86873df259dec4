namespace Weir.Ai;

/// <summary>Tokens of an application that is registered in Entra (client credentials).</summary>
/// <param name="upstreams">How the token endpoint is called.</param>
/// <param name="time">The clock.</param>
/// <param name="client">The application.</param>
/// <param name="server">Entra in place of Microsoft's public one.</param>
sealed class EntraClientTokens(IUpstreams upstreams, TimeProvider time, EntraClient client, Uri? server = null) : ITokenSource
{
    public const string Scope = "https://cognitiveservices.azure.com/.default";

    static readonly Uri PublicServer = new("https://login.microsoftonline.com");

    readonly Uri _url = new(server ?? PublicServer, $"/{Uri.EscapeDataString(client.TenantId)}/oauth2/v2.0/token");

    public string Identity => $"client {client.ClientId}";

    public ValueTask<TokenGrant> FetchAsync(CancellationToken stop) => TokenCall.SendAsync(upstreams, time, TokenCall.Form(
        _url,
        stop,
        ("grant_type", "client_credentials"),
        ("client_id", client.ClientId),
        ("client_secret", client.ClientSecret),
        ("scope", Scope)));
}

/// <summary>An application that is registered in Entra. Never shown: its text is the id alone.</summary>
sealed record EntraClient(string TenantId, string ClientId, string ClientSecret)
{
    public override string ToString() => ClientId;
}

/// <summary>Tokens of the managed identity of the Azure machine that this runs on.</summary>
/// <param name="upstreams">How the machine's endpoint is called.</param>
/// <param name="time">The clock.</param>
/// <param name="clientId">Which of several identities; null for the machine's own.</param>
/// <param name="server">The machine's endpoint in place of Azure's.</param>
sealed class EntraMachineTokens(IUpstreams upstreams, TimeProvider time, string? clientId, Uri? server = null) : ITokenSource
{
    const string Path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com%2F";

    static readonly Uri PublicServer = new("http://169.254.169.254");

    readonly Uri _url = new(server ?? PublicServer, clientId is null ? Path : $"{Path}&client_id={Uri.EscapeDataString(clientId)}");

    public string Identity => clientId is null ? "the machine's managed identity" : $"managed identity {clientId}";

    public ValueTask<TokenGrant> FetchAsync(CancellationToken stop) => TokenCall.SendAsync(upstreams, time, TokenCall.Machine(_url, "Metadata", "true", stop));
}
