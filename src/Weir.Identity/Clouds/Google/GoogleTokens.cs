namespace Weir.Identity;

/// <summary>Tokens of a Google service account whose key file is at hand.</summary>
/// <param name="upstreams">How the token endpoint is called.</param>
/// <param name="time">The clock.</param>
/// <param name="key">The key file.</param>
/// <param name="tokenUrl">Where the statement is sent in place of the key file's endpoint, which remains the one it is made out to.</param>
sealed class GoogleKeyTokens(IUpstreams upstreams, TimeProvider time, GoogleKey key, Uri? tokenUrl) : IIssuer<IssuedToken>
{
    public string Identity => key.ClientEmail;

    public ValueTask<Grant<IssuedToken>> FetchAsync(CancellationToken stop) => TokenCall.SendAsync(upstreams, time, TokenCall.Form(
        tokenUrl ?? key.TokenUri,
        stop,
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", GoogleAssertion.Make(key, time.GetUtcNow()))));
}

/// <summary>Tokens of the service account of the Google machine that this runs on.</summary>
sealed class GoogleMachineTokens(IUpstreams upstreams, TimeProvider time, Uri? metadataUrl) : IIssuer<IssuedToken>
{
    const string Path = "/computeMetadata/v1/instance/service-accounts/default/token";

    static readonly Uri Server = new("http://metadata.google.internal");

    readonly Uri _url = metadataUrl switch
    {
        null => new Uri(Server, Path),
        { AbsolutePath: "/" } => new Uri(metadataUrl, Path),
        _ => metadataUrl,
    };

    public string Identity => "the machine's service account";

    public ValueTask<Grant<IssuedToken>> FetchAsync(CancellationToken stop) =>
        TokenCall.SendAsync(upstreams, time, TokenCall.Machine(_url, "GET", [new("Metadata-Flavor", "Google")], stop));
}
