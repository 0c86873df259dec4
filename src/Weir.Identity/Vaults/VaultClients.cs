using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Config;

namespace Weir.Identity;

/// <summary>Makes the clients of declared vaults: connections, and identities that are proven to them.</summary>
/// <param name="environment">Variables of the environment.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Says which credentials could not be had.</param>
/// <param name="connect">How servers are called; null for over HTTP.</param>
sealed class VaultClients(Func<string, string?> environment, TimeProvider time, ILogger log, Func<VaultTls, IUpstreams>? connect = null)
{
    readonly Func<VaultTls, IUpstreams> _connect = connect ?? (static tls => new HttpUpstreams(tls));

    /// <summary>The client of a vault whose settings have passed their checks; disposed of when nothing of the vault is used any more.</summary>
    public OpenVault Open(VaultSource source)
    {
        var held = new List<IDisposable>();
        try
        {
            return new OpenVault(ClientOf(source.Settings, held), held);
        }
        // Certificates and keys that have the right form and no meaning.
        catch (Exception unusable) when (unusable is System.Security.Cryptography.CryptographicException or ArgumentException or UriFormatException)
        {
            return new OpenVault(new UnableClient("its settings cannot be used: " + unusable.GetType().Name), held);
        }
    }

    IVaultClient ClientOf(RemoteVaultSettings settings, List<IDisposable> held) => settings switch
    {
        HcvVaultSettings hcv => Hcv(hcv, held),
        AwsVaultSettings aws => Aws(aws, held),
        GcpVaultSettings gcp => Gcp(gcp, held),
        AzureVaultSettings azure => Azure(azure, held),
        ConjurVaultSettings conjur => Conjur(conjur, held),
        _ => new UnableClient("its kind is unknown"),
    };

    HcvClient Hcv(HcvVaultSettings settings, List<IDisposable> held)
    {
        var isCert = settings.AuthMethod == HcvAuthMethod.Cert;
        var tls = new VaultTls(
            settings.SslVerify, settings.CaCertificate, isCert ? settings.CertAuthCert : null, isCert ? settings.CertAuthCertKey : null);
        var upstreams = Connect(tls, held);
        var login = Held(held, new HcvLogin(upstreams, settings, time, log));
        return new HcvClient(upstreams, settings, login);
    }

    IVaultClient Aws(AwsVaultSettings settings, List<IDisposable> held)
    {
        if ((settings.Region ?? environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION")) is not { Length: > 0 } region)
            return new UnableClient("it has no region: set 'region', or AWS_REGION in the environment");
        var upstreams = Connect(new VaultTls(), held);
        var signer = new SigV4Signer(time);
        var sessions = new ConcurrentDictionary<string, IssuedCache<AwsSession>>();
        var chain = new AwsChain(
            upstreams, signer, time, environment,
            (key, issuer) => sessions.GetOrAdd(key, _ => Held(held, new IssuedCache<AwsSession>(issuer(), time, log))));
        var endpoint = settings.StsEndpointUrl is { } url ? new Uri(url) : null;
        var role = settings.AssumeRoleArn is { } arn ? new AwsRole(arn, settings.RoleSessionName, region, endpoint) : null;
        return new AwsClient(upstreams, signer, chain.Of(region, null, role), settings, region);
    }

    IVaultClient Gcp(GcpVaultSettings settings, List<IDisposable> held)
    {
        var upstreams = Connect(new VaultTls(), held);
        if (environment("GCP_SERVICE_ACCOUNT") is not { Length: > 0 } json)
        {
            // As Google's own clients read it: a host, with or without a port.
            var machine = environment("GCE_METADATA_HOST") is { Length: > 0 } host ? new Uri($"http://{host}") : null;
            return new GcpClient(upstreams, Tokens(new GoogleMachineTokens(upstreams, time, machine), held), settings);
        }
        List<string> problems = [];
        return GoogleKey.Read(json, problems.Add) is { } key
            ? new GcpClient(upstreams, Tokens(new GoogleKeyTokens(upstreams, time, key, null), held), settings)
            : new UnableClient($"GCP_SERVICE_ACCOUNT in the environment: {string.Join("; ", problems)}");
    }

    AzureClient Azure(AzureVaultSettings settings, List<IDisposable> held)
    {
        var upstreams = Connect(new VaultTls(), held);
        var resource = AzureClient.ResourceOf(new Uri(settings.VaultUri));
        var client = settings.ClientId ?? Variable("CLIENT_ID");
        var tenant = settings.TenantId ?? Variable("TENANT_ID");
        IIssuer<IssuedToken> issuer = Variable("CLIENT_SECRET") is { } secret && client is not null && tenant is not null
            ? new EntraClientTokens(upstreams, time, new EntraClient(tenant, client, secret), EntraServer.Of(environment), resource)
            : EntraPod.Of(client, environment) is { } pod
                ? new EntraPodTokens(upstreams, time, pod, resource)
                : new EntraMachineTokens(upstreams, time, client, EntraMachine.Of(environment), resource);
        return new AzureClient(upstreams, Tokens(issuer, held), settings);

        string? Variable(string name) => environment($"{settings.CredentialsPrefix}_{name}") is { Length: > 0 } value ? value : null;
    }

    ConjurClient Conjur(ConjurVaultSettings settings, List<IDisposable> held)
    {
        var upstreams = Connect(new VaultTls(), held);
        return new ConjurClient(upstreams, Tokens(new ConjurTokens(upstreams, settings, time), held), settings);
    }

    IUpstreams Connect(VaultTls tls, List<IDisposable> held)
    {
        var upstreams = _connect(tls);
        if (upstreams is IDisposable disposable) held.Add(disposable);
        return upstreams;
    }

    IssuedCache<IssuedToken> Tokens(IIssuer<IssuedToken> issuer, List<IDisposable> held) => Held(held, new IssuedCache<IssuedToken>(issuer, time, log));

    static T Held<T>(List<IDisposable> held, T item) where T : IDisposable
    {
        held.Add(item);
        return item;
    }
}

/// <summary>A vault that can be asked.</summary>
sealed class OpenVault(IVaultClient client, IReadOnlyList<IDisposable> held) : IDisposable
{
    public IVaultClient Client => client;

    public void Dispose()
    {
        // Logins before the connections that they use.
        foreach (var item in held.Reverse()) item.Dispose();
    }
}

/// <summary>A vault that cannot be asked: something that only the machine can tell is missing.</summary>
sealed class UnableClient(string why) : IVaultClient
{
    public ValueTask<Fetched> FetchAsync(string resource, string? version, CancellationToken stop) => new(Fetched.Failed(why));
}
