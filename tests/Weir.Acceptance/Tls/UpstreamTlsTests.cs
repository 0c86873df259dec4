using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Weir.Acceptance;

/// <summary>TLS between the gateway and its upstreams.</summary>
public sealed class UpstreamTlsTests : IAsyncLifetime
{
    const string RightId = "11111111-1111-4111-8111-111111111111";
    const string WrongId = "22222222-2222-4222-8222-222222222222";
    const string ClientId = "33333333-3333-4333-8333-333333333333";
    const string OtherClientId = "44444444-4444-4444-8444-444444444444";

    readonly TestAuthority _right = new("right authority");
    readonly TestAuthority _wrong = new("wrong authority");
    AppUpstream _upstream = null!;

    public async ValueTask InitializeAsync() =>
        _upstream = await AppUpstream.StartAsync(static context => context.Response.WriteAsync("secured"), tls: new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _right.Issue("127.0.0.1").Loaded,
        });

    public async ValueTask DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData("", 200)]
    [InlineData("tls_verify: false", 200)]
    [InlineData("tls_verify: true", 502)]
    [InlineData("tls_verify: true, ca_certificates: [" + WrongId + "]", 502)]
    [InlineData("tls_verify: true, ca_certificates: [" + RightId + "]", 200)]
    [InlineData("tls_verify: true, ca_certificates: [" + WrongId + ", " + RightId + "]", 200)]
    [InlineData("tls_verify: false, ca_certificates: [" + WrongId + "]", 200)]
    public async Task An_upstreams_certificate_is_verified_when_the_service_says_so(string tls, int status)
    {
        await using var gateway = await TestGateway.StartAsync(Document(_upstream, tls));
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using var misnamed = await AppUpstream.StartAsync(static _ => Task.CompletedTask, tls: new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _right.Issue("other.example").Loaded,
        });
        await using var gateway = await TestGateway.StartAsync(Document(misnamed, $"tls_verify: true, ca_certificates: [{RightId}]"));
        using var answer = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(0, misnamed.Requests);
    }

    [Fact]
    public async Task Changed_authorities_hold_for_the_next_request()
    {
        await using var gateway = await TestGateway.StartAsync(Document(_upstream, $"tls_verify: true, ca_certificates: [{WrongId}]"));
        foreach (var (authority, status) in new[] { (WrongId, 502), (RightId, 200), (WrongId, 502), (RightId, 200) })
        {
            await gateway.ApplyAsync(Document(_upstream, $"tls_verify: true, ca_certificates: [{authority}]"));
            using var answer = await gateway.Client.GetAsync("/");
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_client_certificate_is_the_services_then_the_upstreams_and_none_when_neither_has_one()
    {
        var (service, upstream) = (_right.Issue("service client"), _right.Issue("upstream client"));
        var mutual = new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _right.Issue("127.0.0.1").Loaded,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = static (_, _, _) => true,
        };
        await using var strict = await AppUpstream.StartAsync(
            static context => context.Response.WriteAsync(context.Connection.ClientCertificate!.Thumbprint), tls: mutual);
        await using var gateway = await TestGateway.StartAsync(Mutual(service: true, upstream: true));
        Assert.Equal(service.Thumbprint, await gateway.Client.GetStringAsync("/"));
        await gateway.ApplyAsync(Mutual(service: false, upstream: true));
        Assert.Equal(upstream.Thumbprint, await gateway.Client.GetStringAsync("/"));
        await gateway.ApplyAsync(Mutual(service: false, upstream: false));
        using var refused = await gateway.Client.GetAsync("/");
        Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);

        string Mutual(bool service, bool upstream) => $$"""
            _format_version: "3.0"
            certificates:
            - { id: {{ClientId}}, cert: {{ServiceCertificate().CertYaml}}, key: {{ServiceCertificate().KeyYaml}} }
            - { id: {{OtherClientId}}, cert: {{UpstreamCertificate().CertYaml}}, key: {{UpstreamCertificate().KeyYaml}} }
            upstreams:
            - { name: pool, targets: [{ target: "127.0.0.1:{{strict.Port}}" }]{{(upstream ? $", client_certificate: {{ id: {OtherClientId} }}" : "")}} }
            services:
            - { name: secured, protocol: https, host: pool, retries: 0{{(service ? $", client_certificate: {{ id: {ClientId} }}" : "")}} }
            routes:
            - { service: { name: secured }, paths: [/] }
            """;

        TestCertificate ServiceCertificate() => service;

        TestCertificate UpstreamCertificate() => upstream;
    }

    [Fact]
    public async Task The_server_name_follows_the_host_header()
    {
        string? seen = null;
        var certificate = _right.Issue("api.internal").Loaded;
        var selecting = new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, name) =>
            {
                seen = name;
                return certificate;
            },
        };
        await using var named = await AppUpstream.StartAsync(static context => context.Response.WriteAsync(context.Request.Host.Value!), tls: selecting);
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            ca_certificates:
            - { id: {{RightId}}, cert: {{TestCertificate.Yaml(_right.Pem)}} }
            upstreams:
            - { name: pool, host_header: api.internal, targets: [{ target: "127.0.0.1:{{named.Port}}" }] }
            services:
            - { name: secured, protocol: https, host: pool, tls_verify: true, ca_certificates: [{{RightId}}], routes: [{ paths: [/] }] }
            """);
        Assert.Equal("api.internal", await gateway.Client.GetStringAsync("/"));
        Assert.Equal("api.internal", seen);
    }

    string Document(AppUpstream upstream, string tls) => $$"""
        _format_version: "3.0"
        ca_certificates:
        - { id: {{RightId}}, cert: {{TestCertificate.Yaml(_right.Pem)}} }
        - { id: {{WrongId}}, cert: {{TestCertificate.Yaml(_wrong.Pem)}} }
        services:
        - { name: secured, protocol: https, host: 127.0.0.1, port: {{upstream.Port}}, retries: 0, routes: [{ paths: [/] }], {{tls}} }
        """;
}
