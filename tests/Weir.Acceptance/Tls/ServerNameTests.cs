namespace Weir.Acceptance;

/// <summary>Which certificate a client is shown.</summary>
public sealed class ServerNameTests
{
    readonly TestAuthority _authority = new("test authority");

    [Fact]
    public async Task The_certificate_is_the_exact_names_then_a_prefix_wildcards_then_a_suffix_wildcards_then_the_default()
    {
        var exact = _authority.Issue("a.example.com");
        var prefix = _authority.Issue("*.example.com");
        var suffix = _authority.Issue("example.org");
        var other = _authority.Issue("fallback");
        await using var gateway = await TestGateway.StartAsync(Document((exact, "a.example.com"), (prefix, "*.example.com"), (suffix, "example.*")));
        foreach (var (name, expected) in new[]
        {
            ("a.example.com", exact), ("A.EXAMPLE.com", exact), ("b.example.com", prefix), ("example.org", suffix), ("example.com", suffix),
        })
            Assert.Equal(expected.Thumbprint, await TlsClient.ThumbprintForAsync(gateway, name));

        // No entry: the node's own, which no entry shows.
        var own = await TlsClient.ThumbprintForAsync(gateway, "elsewhere.net");
        Assert.DoesNotContain(own, new[] { exact.Thumbprint, prefix.Thumbprint, suffix.Thumbprint });
        Assert.Equal(own, await TlsClient.ThumbprintForAsync(gateway, "x.y.example.com"));
        Assert.Equal(own, await TlsClient.ThumbprintForAsync(gateway, ""));

        await gateway.ApplyAsync(Document((exact, "a.example.com"), (other, "*")));
        Assert.Equal(other.Thumbprint, await TlsClient.ThumbprintForAsync(gateway, "elsewhere.net"));
        Assert.Equal(other.Thumbprint, await TlsClient.ThumbprintForAsync(gateway, ""));
    }

    [Fact]
    public async Task A_changed_certificate_is_shown_to_new_connections_and_closes_none()
    {
        var (first, second) = (_authority.Issue("a.example.com"), _authority.Issue("a.example.com"));
        await using var gateway = await TestGateway.StartAsync(Document((first, "a.example.com")));
        await using var client = await TlsClient.ConnectAsync(gateway.ProxyTls.Port, "a.example.com");
        Assert.StartsWith("HTTP/1.1 200", await client.AskAsync("GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n"), StringComparison.Ordinal);
        await gateway.ApplyAsync(Document((second, "a.example.com")));
        Assert.Equal(second.Thumbprint, await TlsClient.ThumbprintForAsync(gateway, "a.example.com"));
        Assert.Equal(first.Thumbprint, client.Thumbprint);
        Assert.StartsWith("HTTP/1.1 200", await client.AskAsync("GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_can_ask_for_a_server_name()
    {
        await using var gateway = await TestGateway.StartAsync("""
            _format_version: "3.0"
            routes:
            - name: by-sni
              protocols: [https]
              snis: [a.example.com]
              plugins: [{ name: request-termination, config: { status_code: 200, message: found } }]
            """);
        await using var right = await TlsClient.ConnectAsync(gateway.ProxyTls.Port, "a.example.com");
        await using var wrong = await TlsClient.ConnectAsync(gateway.ProxyTls.Port, "b.example.com");
        Assert.Contains("found", await right.AskAsync("GET / HTTP/1.1\r\nHost: any\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 404", await wrong.AskAsync("GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_refused_and_the_one_before_serves_on()
    {
        var (first, second) = (_authority.Issue("a.example.com"), _authority.Issue("a.example.com"));
        await using var gateway = await TestGateway.StartAsync(Document((first, "a.example.com")));
        var result = await gateway.TryApplyAsync(Document((second with { KeyPem = first.KeyPem }, "a.example.com")));
        Assert.False(result.Ok);
        Assert.Equal(first.Thumbprint, await TlsClient.ThumbprintForAsync(gateway, "a.example.com"));
    }

    static string Document(params (TestCertificate Certificate, string Name)[] entries) => $$"""
        _format_version: "3.0"
        routes:
        - { name: all, paths: [/], plugins: [{ name: request-termination, config: { status_code: 200 } }] }
        certificates:

        """ + string.Concat(entries.Select(static entry => $$"""
        - { cert: {{entry.Certificate.CertYaml}}, key: {{entry.Certificate.KeyYaml}}, snis: [{ name: "{{entry.Name}}" }] }

        """));
}
