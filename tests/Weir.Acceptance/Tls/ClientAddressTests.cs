using System.Buffers.Binary;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Acceptance;

/// <summary>Who the client is: PROXY protocol, trusted peers, real-IP headers.</summary>
public sealed class ClientAddressTests : IAsyncLifetime
{
    AppUpstream _upstream = null!;

    static readonly string[] Forwarding = ["X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Path"];

    const string Claims =
        "X-Real-IP: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: h\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Path: /p";

    public async ValueTask InitializeAsync() => _upstream = await AppUpstream.StartAsync(static context =>
        context.Response.WriteAsync(string.Join('|', Forwarding.Select(name => context.Request.Headers[name].ToString()))));

    public async ValueTask DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 40000 80\r\n", "203.0.113.7")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 40000 80\r\n", "2001:db8::7")]
    [InlineData("PROXY UNKNOWN\r\n", "127.0.0.1")]
    public async Task Proxy_protocol_version_1_names_the_client(string header, string client)
    {
        await using var gateway = await StartAsync(proxyProtocol: true);
        await using var connection = await gateway.ConnectAsync();
        // In pieces: the header may come apart anywhere.
        await connection.SendAsync(header[..3]);
        await connection.SendAsync(header[3..] + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith(client + "|", (await connection.ReadAnswerAsync())!.Body, StringComparison.Ordinal);
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith(client + "|", (await connection.ReadAnswerAsync())!.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_protocol_version_2_names_the_client()
    {
        await using var gateway = await StartAsync(proxyProtocol: true);
        await using var connection = await gateway.ConnectAsync();
        await connection.SendAsync(Version2("203.0.113.9"));
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("203.0.113.9|", (await connection.ReadAnswerAsync())!.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_protocol_stands_before_the_tls_handshake()
    {
        await using var gateway = await StartAsync(proxyProtocol: true);
        await using var connection = await TlsClient.ConnectAsync(gateway.ProxyTls.Port, "any", Version2("203.0.113.9"));
        Assert.Contains("203.0.113.9|203.0.113.9|https", await connection.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PROXY TCP4 nonsense 198.51.100.1 40000 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task A_connection_without_a_valid_proxy_header_is_closed(string text)
    {
        await using var gateway = await StartAsync(proxyProtocol: true);
        await using var connection = await gateway.ConnectAsync();
        await connection.SendAsync(text);
        Assert.Null(await connection.ReadAnswerAsync());
        Assert.Equal(0, _upstream.Requests);
    }

    [Fact]
    public async Task The_address_of_the_proxy_protocol_is_the_one_that_plugins_judge()
    {
        await using var gateway = await StartAsync(proxyProtocol: true, plugins: "[{ name: ip-restriction, config: { deny: [203.0.113.0/24] } }]");
        foreach (var (address, status) in new[] { ("203.0.113.7", 403), ("198.51.100.7", 200) })
        {
            await using var connection = await gateway.ConnectAsync();
            await connection.SendAsync($"PROXY TCP4 {address} 127.0.0.1 40000 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(status, (await connection.ReadAnswerAsync())!.Status);
        }
    }

    [Theory]
    // Untrusted: what the client says about itself counts for nothing but the chain in X-Forwarded-For.
    [InlineData("10.0.0.1", "X-Real-IP", false, Claims, "127.0.0.1|5.6.7.8, 127.0.0.1|http|asked|PORT|/x")]
    [InlineData("127.0.0.1", "X-Real-IP", false, Claims, "1.2.3.4|5.6.7.8, 127.0.0.1|https|h|1|/p")]
    [InlineData("127.0.0.1", "X-Forwarded-For", false, "X-Forwarded-For: 1.1.1.1, 2.2.2.2", "2.2.2.2|1.1.1.1, 2.2.2.2, 127.0.0.1|http|asked|PORT|/x")]
    [InlineData("127.0.0.1,2.2.2.0/24", "X-Forwarded-For", true, "X-Forwarded-For: 9.9.9.9, 1.1.1.1, 2.2.2.2",
        "1.1.1.1|9.9.9.9, 1.1.1.1, 2.2.2.2, 127.0.0.1|http|asked|PORT|/x")]
    [InlineData("127.0.0.1,2.2.2.0/24", "X-Forwarded-For", false,
        "X-Forwarded-For: 1.1.1.1, 2.2.2.2", "2.2.2.2|1.1.1.1, 2.2.2.2, 127.0.0.1|http|asked|PORT|/x")]
    [InlineData("127.0.0.1", "X-Client", false, "X-Client: 7.7.7.7", "7.7.7.7|7.7.7.7|http|asked|PORT|/x")]
    [InlineData("127.0.0.1", "X-Client", false, "X-Client: nonsense", "127.0.0.1|127.0.0.1|http|asked|PORT|/x")]
    [InlineData("127.0.0.1", "X-Client", false, "X-Other: a", "127.0.0.1|127.0.0.1|http|asked|PORT|/x")]
    public async Task Forwarding_headers_count_from_trusted_peers_only(string trusted, string header, bool recursive, string sent, string expected)
    {
        await using var gateway = await StartAsync(trusted: trusted.Split(','), header: header, recursive: recursive);
        await using var connection = await gateway.ConnectAsync();
        await connection.SendAsync($"GET /x?q HTTP/1.1\r\nHost: asked\r\n{sent}\r\n\r\n");
        var port = gateway.Proxy.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(expected.Replace("PORT", port, StringComparison.Ordinal), (await connection.ReadAnswerAsync())!.Body);
    }

    Task<TestGateway> StartAsync(
        bool proxyProtocol = false, string plugins = "[]", string[]? trusted = null, string header = "X-Real-IP", bool recursive = false) =>
        TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: seen, url: "{{_upstream.Address}}", routes: [{ paths: [/] }], plugins: {{plugins}} }
            """, settings => settings with { ProxyProtocol = proxyProtocol, TrustedIps = trusted ?? [], RealIpHeader = header, RealIpRecursive = recursive });

    static byte[] Version2(string source)
    {
        var header = new byte[28];
        Encoding.Latin1.GetBytes("\r\n\r\n\0\r\nQUIT\n").CopyTo(header, 0);
        (header[12], header[13]) = (0x21, 0x11);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), 12);
        IPAddress.Parse(source).TryWriteBytes(header.AsSpan(16), out _);
        IPAddress.Loopback.TryWriteBytes(header.AsSpan(20), out _);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(24), 40000);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(26), 443);
        return header;
    }
}
