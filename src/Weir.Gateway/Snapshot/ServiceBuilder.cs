using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>Makes the services of a snapshot: a balancer for each distinct host, and TLS towards it. Peers and their pools come from the kept state.</summary>
sealed class ServiceBuilder(Document document, SnapshotParts parts, IKeep keep)
{
    readonly Dictionary<string, UpstreamConfig> _upstreams = document.Upstreams.ToDictionary(upstream => upstream.Name, StringComparer.OrdinalIgnoreCase);
    readonly ILookup<string, TargetConfig> _targets = document.Targets.ToLookup(target => target.Upstream!.Id!);
    readonly Dictionary<string, CertificateConfig> _certificates = document.Certificates.ToDictionary(certificate => certificate.Id!);
    readonly Dictionary<string, CaCertificateConfig> _authorities = document.CaCertificates.ToDictionary(authority => authority.Id!);
    readonly Dictionary<string, Balancer> _balancers = [];

    /// <summary>The balancers made so far; services of the same host share one.</summary>
    public IReadOnlyCollection<Balancer> Balancers => _balancers.Values;

    /// <summary>Makes the enabled services, by id.</summary>
    public IReadOnlyDictionary<string, Service> Build(List<Problem> problems)
    {
        Dictionary<string, Service> services = [];
        foreach (var config in document.Services)
        {
            if (!config.Enabled) continue;
            try
            {
                services[config.Id!] = new Service
                {
                    Config = config,
                    Entity = EntityRefs.Of(config),
                    Balancer = BalancerOf(config),
                    Tls = TlsOf(config),
                };
            }
            catch (CryptographicException exception)
            {
                problems.Add(new Problem(Severity.Error, default, $"service '{config.Name ?? config.Id}'", "", exception.Message));
            }
        }
        return services;
    }

    Balancer BalancerOf(ServiceConfig service)
    {
        var upstream = _upstreams.GetValueOrDefault(service.Host);
        var key = upstream is null ? string.Create(CultureInfo.InvariantCulture, $"host/{service.Host}:{service.Port}") : "upstream/" + upstream.Id;
        if (_balancers.TryGetValue(key, out var known)) return known;
        var state = keep.Get(key, () => new UpstreamState(parts.Balancing));
        return _balancers[key] = upstream is null
            ? state.UpdateHost(service.Host, service.Port)
            : state.Update(upstream, _targets[upstream.Id!], ProbeCertificate(upstream));
    }

    X509Certificate2? ProbeCertificate(UpstreamConfig upstream) =>
        upstream.ClientCertificate is { } reference ? ClientCertificateOf(_certificates[reference.Id!]).Context.TargetCertificate : null;

    UpstreamTls? TlsOf(ServiceConfig service)
    {
        if (service.Protocol is not (ServiceProtocol.Https or ServiceProtocol.Grpcs or ServiceProtocol.Wss)) return null;
        var certificate = service.ClientCertificate ?? _upstreams.GetValueOrDefault(service.Host)?.ClientCertificate;
        return new UpstreamTls
        {
            Verify = service.TlsVerify ?? parts.Settings.TlsVerify,
            VerifyDepthMax = service.TlsVerifyDepth,
            Authorities = AuthoritiesOf(service),
            ClientCertificate = certificate is null ? null : ClientCertificateOf(_certificates[certificate.Id!]),
            AlternativeNames = service.TlsSans is { } sans ? new AlternativeNames(sans.Dnsnames ?? [], sans.Uris ?? []) : AlternativeNames.None,
        };
    }

    TrustedAuthorities? AuthoritiesOf(ServiceConfig service)
    {
        if (service.CaCertificates is { Count: > 0 } ids)
        {
            var collection = new X509Certificate2Collection();
            foreach (var id in ids) collection.ImportFromPem(_authorities[id].Cert);
            return new TrustedAuthorities(string.Join(',', collection.Select(certificate => certificate.Thumbprint)), collection);
        }
        return TrustedAuthorities.Of(parts.Settings);
    }

    static ClientCertificate ClientCertificateOf(CertificateConfig config)
    {
        var context = CertificateBuilder.Context(config.Cert, config.Key);
        return new ClientCertificate(context.TargetCertificate.Thumbprint, context);
    }
}
