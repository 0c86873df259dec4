using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Config;

namespace Weir.Gateway;

/// <summary>
/// The services of one document: a balancer for each distinct host, and TLS towards it. What is made of the very same entities is that of the document
/// before. Peers and their pools come from the kept state.
/// </summary>
sealed class ServiceSet
{
    readonly Document _document;
    readonly Dictionary<string, BuiltService> _services = [];
    readonly Dictionary<string, BuiltBalancer> _balancers = [];

    ServiceSet(Document document) => _document = document;

    public static ServiceSet None { get; } = new(new Document());

    /// <summary>One balancer for each upstream or host that a service names.</summary>
    public IEnumerable<BuiltBalancer> Balancers => _balancers.Values;

    /// <summary>An enabled service by its id.</summary>
    public Service? Find(string id) => _services.TryGetValue(id, out var built) ? built.Service : null;

    /// <summary>The services of the next document of the workspace.</summary>
    /// <param name="document">The document.</param>
    /// <param name="build">The configuration that is being built.</param>
    public ServiceSet Next(Document document, SnapshotBuild build)
    {
        if (HasSame(document)) return this;
        var next = new ServiceSet(document);
        var making = new Making(this, next, build);
        foreach (var config in document.Services)
            if (config.Enabled) making.Add(config);
        foreach (var (key, balancer) in _balancers)
            if (!next._balancers.TryGetValue(key, out var kept) || kept != balancer) build.Drop(balancer);
        return next;
    }

    /// <summary>Adds the ids of services that are not the same in both.</summary>
    public static void Compare(ServiceSet before, ServiceSet after, HashSet<string> changed)
    {
        if (ReferenceEquals(before, after)) return;
        foreach (var (id, built) in after._services)
            if (before.Find(id) != built.Service) changed.Add(id);
        foreach (var id in before._services.Keys)
            if (!after._services.ContainsKey(id)) changed.Add(id);
    }

    bool HasSame(Document other) =>
        ReferenceEquals(_document.Services, other.Services) && ReferenceEquals(_document.Upstreams, other.Upstreams)
        && ReferenceEquals(_document.Targets, other.Targets) && ReferenceEquals(_document.Certificates, other.Certificates)
        && ReferenceEquals(_document.CaCertificates, other.CaCertificates);

    /// <summary>A service and what its TLS is made of.</summary>
    readonly record struct BuiltService(Service Service, CertificateConfig? Certificate, IReadOnlyList<CaCertificateConfig>? Authorities)
    {
        /// <summary>Whether it is made of the very same.</summary>
        public bool IsOf(ServiceConfig config, Balancer balancer, CertificateConfig? certificate, IReadOnlyList<CaCertificateConfig>? authorities) =>
            ReferenceEquals(Service.Config, config) && Service.Balancer == balancer && ReferenceEquals(Certificate, certificate)
            && ReferenceEquals(Authorities, authorities);
    }

    /// <summary>The making of a set out of the one before.</summary>
    sealed class Making(ServiceSet before, ServiceSet next, SnapshotBuild build)
    {
        readonly Dictionary<string, UpstreamConfig> _upstreams =
            next._document.Upstreams.ToDictionary(static upstream => upstream.Name, StringComparer.OrdinalIgnoreCase);

        readonly ILookup<string, TargetConfig> _targets = next._document.Targets.ToLookup(static target => target.Upstream!.Id!);
        readonly Dictionary<string, CertificateConfig> _certificates = next._document.Certificates.ToDictionary(static certificate => certificate.Id!);

        public void Add(ServiceConfig config)
        {
            try
            {
                var balancer = BalancerOf(config);
                var certificate = CertificateOf(config);
                var authorities = config.CaCertificates is { Count: > 0 } ? next._document.CaCertificates : null;
                if (before._services.TryGetValue(config.Id!, out var known) && known.IsOf(config, balancer, certificate, authorities))
                {
                    next._services[config.Id!] = known;
                    return;
                }
                var tls = TlsOf(config, certificate, authorities);
                var service = new Service { Config = config, Entity = EntityRefs.Of(config), Balancer = balancer, Tls = tls };
                next._services[config.Id!] = new BuiltService(service, certificate, authorities);
                build.Made++;
            }
            catch (CryptographicException exception)
            {
                build.Problems.Add(new Problem(Severity.Error, default, $"service '{config.Name ?? config.Id}'", "", exception.Message));
            }
        }

        Balancer BalancerOf(ServiceConfig service)
        {
            var upstream = _upstreams.GetValueOrDefault(service.Host);
            var key = upstream is null ? string.Create(CultureInfo.InvariantCulture, $"host/{service.Host}:{service.Port}") : "upstream/" + upstream.Id;
            if (next._balancers.TryGetValue(key, out var known)) return known.Balancer;
            List<TargetConfig> targets = upstream is null ? [] : [.. _targets[upstream.Id!]];
            var certificate = upstream?.ClientCertificate is { } reference ? _certificates[reference.Id!] : null;
            if (!before._balancers.TryGetValue(key, out var balancer) || !balancer.IsOf(upstream, targets, certificate))
            {
                var lease = build.Parts.Keep.Begin();
                var state = lease.Get(key, () => new UpstreamState(build.Parts.Balancing));
                balancer = build.Own(new BuiltBalancer(
                    upstream is null ? state.UpdateHost(service.Host, service.Port) : state.Update(upstream, targets, ProbeCertificate(certificate)),
                    upstream, targets, certificate, lease, build.Revision));
            }
            next._balancers[key] = balancer;
            return balancer.Balancer;
        }

        static X509Certificate2? ProbeCertificate(CertificateConfig? config) =>
            config is null ? null : ClientCertificateOf(config).Context.TargetCertificate;

        CertificateConfig? CertificateOf(ServiceConfig service)
        {
            if (!IsTls(service)) return null;
            var reference = service.ClientCertificate ?? _upstreams.GetValueOrDefault(service.Host)?.ClientCertificate;
            return reference is null ? null : _certificates[reference.Id!];
        }

        UpstreamTls? TlsOf(ServiceConfig service, CertificateConfig? certificate, IReadOnlyList<CaCertificateConfig>? authorities)
        {
            if (!IsTls(service)) return null;
            return new UpstreamTls
            {
                Verify = service.TlsVerify ?? build.Parts.Settings.TlsVerify,
                VerifyDepthMax = service.TlsVerifyDepth,
                Authorities = authorities is null ? TrustedAuthorities.Of(build.Parts.Settings) : AuthoritiesOf(service, authorities),
                ClientCertificate = certificate is null ? null : ClientCertificateOf(certificate),
                AlternativeNames = service.TlsSans is { } sans ? new AlternativeNames(sans.Dnsnames ?? [], sans.Uris ?? []) : AlternativeNames.None,
            };
        }

        static bool IsTls(ServiceConfig service) => service.Protocol is ServiceProtocol.Https or ServiceProtocol.Grpcs or ServiceProtocol.Wss;

        static TrustedAuthorities AuthoritiesOf(ServiceConfig service, IReadOnlyList<CaCertificateConfig> authorities)
        {
            var collection = new X509Certificate2Collection();
            foreach (var id in service.CaCertificates!) collection.ImportFromPem(authorities.First(authority => authority.Id == id).Cert);
            return new TrustedAuthorities(string.Join(',', collection.Select(static certificate => certificate.Thumbprint)), collection);
        }

        static ClientCertificate ClientCertificateOf(CertificateConfig config)
        {
            var context = CertificateBuilder.Context(config.Cert, config.Key);
            return new ClientCertificate(context.TargetCertificate.Thumbprint, context);
        }
    }
}
