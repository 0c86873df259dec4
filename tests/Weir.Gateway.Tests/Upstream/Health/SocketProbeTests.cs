using System.Net;
using System.Net.Sockets;
using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class SocketProbeTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static ProbeRequest Request(ProbedServer server, CheckType type = CheckType.Http, string serverName = "node.test", bool verify = true) => new()
    {
        Address = server.Address,
        Host = "node.test",
        ServerName = serverName,
        Checks = new ActiveChecks
        {
            Type = type,
            HttpPath = "/health?deep=1",
            HttpsVerifyCertificate = verify,
            Headers = new Dictionary<string, IReadOnlyList<string>> { ["X-Probe"] = ["a", "b"] },
        },
    };

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200)]
    [InlineData("HTTP/1.0 503 Service Unavailable\r\n\r\n", 503)]
    [InlineData("HTTP/1.1 302\r\n", 302)]
    [InlineData("HTTP/1.1 999 Odd\n", 999)]
    [InlineData("SSH-2.0-OpenSSH_9\r\n", 0)]
    [InlineData("HTTP/1.1 2x0 OK\r\n", 0)]
    [InlineData("HTTP/1.1 20\r\n", 0)]
    [InlineData("HTTP/2 200 OK\r\n\r\n", 0)]
    [InlineData("\r\n", 0)]
    public async Task The_status_line_is_the_outcome(string answer, int status)
    {
        await using var server = new ProbedServer(answer);
        Assert.Equal(Outcome.Answered(status), await new SocketProbe().ProbeAsync(Request(server), Cancel));
    }

    [Fact]
    public async Task A_probe_is_a_get_with_host_and_configured_headers()
    {
        await using var server = new ProbedServer("HTTP/1.1 200 OK\r\n\r\n");
        await new SocketProbe().ProbeAsync(Request(server), Cancel);
        Assert.Equal(
            "GET /health?deep=1 HTTP/1.1\r\nHost: node.test\r\nUser-Agent: weir-healthcheck\r\nX-Probe: a\r\nX-Probe: b\r\nConnection: close\r\n\r\n",
            server.Request);
    }

    [Fact]
    public async Task Configured_headers_may_replace_the_host()
    {
        await using var server = new ProbedServer("HTTP/1.1 200 OK\r\n\r\n");
        var request = Request(server);
        var headers = new Dictionary<string, IReadOnlyList<string>> { ["host"] = ["other.test"] };
        await new SocketProbe().ProbeAsync(request with { Checks = request.Checks with { Headers = headers } }, Cancel);
        Assert.Contains("host: other.test", server.Request, StringComparison.Ordinal);
        Assert.DoesNotContain("node.test", server.Request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK")]
    public async Task A_connection_that_closes_before_a_status_line_is_a_tcp_failure(string answer)
    {
        await using var server = new ProbedServer(answer);
        Assert.Equal(Outcome.TcpFailure, await new SocketProbe().ProbeAsync(Request(server), Cancel));
    }

    [Fact]
    public async Task An_endless_status_line_is_no_answer()
    {
        await using var server = new ProbedServer(new string('x', 100_000));
        Assert.Equal(Outcome.Answered(0), await new SocketProbe().ProbeAsync(Request(server), Cancel));
    }

    [Fact]
    public async Task A_refused_connection_is_a_tcp_failure()
    {
        await using var server = new ProbedServer("");
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var request = Request(server) with { Address = (IPEndPoint)taken.LocalEndPoint! };
        Assert.Equal(Outcome.TcpFailure, await new SocketProbe().ProbeAsync(request, Cancel));
    }

    [Theory]
    [InlineData("Tcp")]
    [InlineData("Grpc")]
    public async Task Tcp_and_grpc_only_connect(string type)
    {
        await using var server = new ProbedServer(null);
        Assert.Equal(Outcome.Connected, await new SocketProbe().ProbeAsync(Request(server, Enum.Parse<CheckType>(type)), Cancel));
    }

    [Fact]
    public async Task A_silent_target_is_waited_for_until_cancelled()
    {
        await using var server = new ProbedServer(null);
        using var limit = new CancellationTokenSource();
        var probe = new SocketProbe().ProbeAsync(Request(server), limit.Token).AsTask();
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
    }

    [Theory]
    [InlineData("Https", "node.test", true, true, "Answered")]
    [InlineData("Https", "node.test", true, false, "TcpFailure")]
    [InlineData("Https", "other.test", true, true, "TcpFailure")]
    [InlineData("Https", "other.test", false, false, "Answered")]
    [InlineData("Grpcs", "node.test", true, true, "Connected")]
    [InlineData("Grpcs", "node.test", true, false, "TcpFailure")]
    public async Task Certificates_are_verified_unless_switched_off(string type, string serverName, bool verify, bool isTrusted, string outcome)
    {
        using var certificate = ProbedServer.Certificate("node.test");
        await using var server = new ProbedServer("HTTP/1.1 200 OK\r\n\r\n", certificate);
        var probe = new SocketProbe(isTrusted ? [certificate] : null);
        Assert.Equal(outcome, (await probe.ProbeAsync(Request(server, Enum.Parse<CheckType>(type), serverName, verify), Cancel)).Kind.ToString());
        Assert.Equal(serverName, server.ServerName);
    }

    [Fact]
    public async Task The_upstreams_client_certificate_is_shown()
    {
        using var certificate = ProbedServer.Certificate("node.test");
        using var client = ProbedServer.Certificate("gateway.test");
        await using var server = new ProbedServer("HTTP/1.1 200 OK\r\n\r\n", certificate);
        var request = Request(server, CheckType.Https) with { ClientCertificate = client };
        Assert.Equal(Outcome.Answered(200), await new SocketProbe([certificate]).ProbeAsync(request, Cancel));
        Assert.Equal(ProbedServer.AcceptedClient, server.ClientCertificate);
    }

    [Fact]
    public async Task A_target_without_tls_fails_the_handshake()
    {
        await using var server = new ProbedServer("HTTP/1.1 400 Bad Request\r\n\r\n");
        Assert.Equal(Outcome.TcpFailure, await new SocketProbe().ProbeAsync(Request(server, CheckType.Https), Cancel));
    }
}
