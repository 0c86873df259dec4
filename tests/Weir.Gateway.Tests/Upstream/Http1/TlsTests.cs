using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Weir.Gateway.Tests;

public sealed class TlsTests
{
    static readonly UpstreamTls Trusting = new()
    {
        ServerName = "upstream.test",
        Authorities = new("ca", [TestCertificates.Authority]),
    };

    [Fact]
    public async Task Speaks_to_an_upstream_whose_certificate_is_trusted()
    {
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "upstream.test"));
        Assert.Equal((Fault.None, "ok"), await server.ExchangeAsync(Trusting));
        Assert.Equal(("upstream.test", SslApplicationProtocol.Http11), (server.ServerName, server.Protocol));
    }

    [Fact]
    public async Task Refuses_an_authority_that_is_not_trusted()
    {
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "upstream.test"));
        var (fault, reason) = await server.ExchangeAsync(Trusting with { Authorities = new("other", [TestCertificates.Stranger]) });
        Assert.Equal(Fault.TlsFailed, fault);
        Assert.StartsWith("the upstream's certificate is not trusted: ", reason, StringComparison.Ordinal);
        Assert.Equal(Fault.TlsFailed, (await server.ExchangeAsync(Trusting with { Authorities = null })).Fault);
    }

    [Fact]
    public async Task Refuses_a_certificate_for_another_name()
    {
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "other.test"));
        Assert.Equal((Fault.TlsFailed, "the upstream's certificate does not carry the name upstream.test"), await server.ExchangeAsync(Trusting));
    }

    [Fact]
    public async Task Accepts_an_alternative_name()
    {
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "other.test", uri: "spiffe://test/a"));
        Assert.Equal(Fault.None, (await server.ExchangeAsync(Trusting with { AlternativeNames = new(["x.test", "other.test"], []) })).Fault);
        Assert.Equal(Fault.None, (await server.ExchangeAsync(Trusting with { AlternativeNames = new([], ["spiffe://test/a"]) })).Fault);
        Assert.Equal(Fault.TlsFailed, (await server.ExchangeAsync(Trusting with { AlternativeNames = new(["x.test"], ["spiffe://test/b"]) })).Fault);
    }

    [Fact]
    public async Task Refuses_an_expired_certificate()
    {
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "upstream.test", expired: true));
        var (fault, reason) = await server.ExchangeAsync(Trusting);
        Assert.Equal((Fault.TlsFailed, "the upstream's certificate is not trusted: NotTimeValid"), (fault, reason));
    }

    [Fact]
    public async Task Accepts_any_certificate_when_told_not_to_verify()
    {
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "other.test", expired: true));
        Assert.Equal(Fault.None, (await server.ExchangeAsync(new() { ServerName = "upstream.test", Verify = false })).Fault);
    }

    [Fact]
    public async Task Refuses_a_chain_longer_than_the_depth()
    {
        var intermediate = TestCertificates.Intermediate();
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "upstream.test", issuer: intermediate), [intermediate]);
        Assert.Equal(Fault.None, (await server.ExchangeAsync(Trusting with { VerifyDepthMax = 1 })).Fault);
        Assert.Equal(
            (Fault.TlsFailed, "the upstream's certificate chain is longer than the verify depth"),
            await server.ExchangeAsync(Trusting with { VerifyDepthMax = 0 }));
    }

    [Fact]
    public async Task Shows_its_client_certificate()
    {
        await using var server = new TlsUpstream(TestCertificates.Leaf(dns: "upstream.test"), asksClient: true);
        var client = TestCertificates.Leaf(dns: "client.test");
        var context = SslStreamCertificateContext.Create(client, [], offline: true);
        Assert.Equal(Fault.None, (await server.ExchangeAsync(Trusting with { ClientCertificate = new("c", context) })).Fault);
        Assert.Equal(client.Thumbprint, server.ClientThumbprint);
    }

    [Fact]
    public async Task Reports_an_upstream_that_does_not_speak_tls()
    {
        await using var upstream = new ScriptedUpstream(async peer => await peer.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));
        var result = await new SocketConnector().ConnectAsync(new(upstream.Address, Trusting), default);
        Assert.Equal((null, Fault.TlsFailed), (result.Transport, result.Fault));
    }

    [Fact]
    public void Endpoints_are_equal_exactly_when_all_their_settings_are()
    {
        var address = new IPEndPoint(IPAddress.Loopback, 443);
        var plain = new UpstreamEndpoint(address);
        var secured = new UpstreamEndpoint(new(IPAddress.Loopback, 443), Trusting);
        UpstreamEndpoint[] others =
        [
            plain,
            secured with { Address = new(IPAddress.Loopback, 444) },
            secured with { Tls = Trusting with { ServerName = "other.test" } },
            secured with { Tls = Trusting with { Verify = false } },
            secured with { Tls = Trusting with { VerifyDepthMax = 2 } },
            secured with { Tls = Trusting with { Authorities = new("ca2", [TestCertificates.Authority]) } },
            secured with { Tls = Trusting with { ClientCertificate = new("c", SslStreamCertificateContext.Create(TestCertificates.Authority, [])) } },
            secured with { Tls = Trusting with { AlternativeNames = new(["other.test"], []) } },
        ];
        Assert.Equal(others.Length + 1, others.Append(secured).ToHashSet().Count);
        var same = new UpstreamEndpoint(address, Trusting with { Authorities = new("ca", []), AlternativeNames = new([], []) });
        Assert.Equal(secured, same);
        Assert.Equal(secured.GetHashCode(), same.GetHashCode());
    }
}

/// <summary>A TLS server that answers every request of every connection alike.</summary>
sealed class TlsUpstream : IAsyncDisposable
{
    readonly ScriptedUpstream _upstream;

    public TlsUpstream(X509Certificate2 certificate, X509Certificate2Collection? chain = null, bool asksClient = false)
    {
        var context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        _upstream = new(peer => ServeAsync(peer, context, asksClient));
    }

    public string? ServerName { get; private set; }

    public SslApplicationProtocol Protocol { get; private set; }

    public string? ClientThumbprint { get; private set; }

    /// <summary>Two exchanges over one connection; the body of the second, or the fault with its reason.</summary>
    public async Task<(Fault Fault, string? BodyOrReason)> ExchangeAsync(UpstreamTls tls)
    {
        using var clock = new UpstreamClock(new ManualTime());
        using var pool = new Http1Pool(new(_upstream.Address, tls), new SocketConnector(), PoolLimits.Default, Http1Limits.Default, clock);
        var body = "";
        for (var i = 0; i < 2; i++)
        {
            var rental = await pool.RentAsync(TimeSpan.FromSeconds(10), default);
            if (rental.Connection is not { } connection) return (rental.Fault, rental.Reason);
            connection.BeginRequest("GET", "/", "", UpstreamTimeouts.Default).End();
            await connection.SendAsync(default, last: true);
            if (await connection.ReadHeadAsync() is not Fault.None and var fault) return (fault, connection.Reason);
            body = (await Http1Rig.ReadAsync(connection)).Body;
            pool.Return(connection);
        }
        Assert.Equal(1, pool.IdleCount);
        return (Fault.None, body);
    }

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    async Task ServeAsync(UpstreamPeer peer, SslStreamCertificateContext context, bool asksClient)
    {
        await using var tls = new SslStream(new NetworkStream(peer.Socket));
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = context,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    ClientCertificateRequired = asksClient,
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null || !asksClient,
                },
                peer.Stop);
        }
        catch (AuthenticationException)
        {
            return;
        }
        (ServerName, Protocol, ClientThumbprint) = (tls.TargetHostName, tls.NegotiatedApplicationProtocol, tls.RemoteCertificate?.GetCertHashString());
        var buffer = new byte[4096];
        while (await tls.ReadAsync(buffer, peer.Stop) > 0)
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), peer.Stop);
        }
    }
}
