using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins;

public sealed class TcpLogTests : IDisposable
{
    readonly LoggingHouse _house = new();
    LineSink _sink = new();

    string Name => $"tcp-log 127.0.0.1:{_sink.Port}";

    [Fact]
    public async Task Sends_a_line_per_request_over_one_connection()
    {
        var plugin = Create();
        for (var i = 0; i < 3; i++)
        {
            Log(plugin, $"/{i}");
            Assert.Equal($"/{i}", Uri(await _sink.NextAsync()));
        }
        Assert.Equal(1, _sink.Connections);
    }

    [Fact]
    public async Task Works_through_the_pipeline()
    {
        await new PluginHarness(Create()).GetAsync("/through");
        Assert.Equal("/through", Uri(await _sink.NextAsync()));
    }

    [Fact]
    public async Task Opens_a_new_connection_when_the_old_one_was_idle_too_long()
    {
        var plugin = Create(""" "keepalive": 5000 """);
        Log(plugin);
        await _sink.NextAsync();
        await _house.Deliveries.DrainAsync(default);
        _house.Time.Advance(TimeSpan.FromSeconds(6));
        Log(plugin);
        await _sink.NextAsync();
        Assert.Equal(2, _sink.Connections);
    }

    [Fact]
    public async Task Nothing_is_lost_while_the_log_server_restarts()
    {
        var plugin = Create();
        Log(plugin, "/before");
        await _sink.NextAsync();
        await _house.Deliveries.DrainAsync(default);
        _sink.Stop();
        Log(plugin, "/1");
        Log(plugin, "/2");
        await _house.PassAsync(0.01);
        await _house.ReachAsync(0.02);
        _sink.Start();
        _house.Time.Advance(TimeSpan.FromSeconds(0.02));
        Assert.Equal(["/1", "/2"], [Uri(await _sink.NextAsync()), Uri(await _sink.NextAsync())]);
    }

    [Fact]
    public async Task Sends_over_tls_with_the_server_name_of_its_configuration()
    {
        UseTls();
        Log(Create(""" "tls": true, "tls_sni": "logs.example" """), "/secret");
        Assert.Equal("/secret", Uri(await _sink.NextAsync()));
        Assert.Equal("logs.example", _sink.ServerName);
    }

    [Fact]
    public async Task Verifies_the_certificate_when_told_to()
    {
        UseTls();
        Log(Create(""" "tls": true, "ssl_verify": true, "timeout": 0 """));
        await _house.ReachAsync(0.01);
        await _sink.ClosedAsync();
        Assert.Equal(0, _house.Entries(Name, "delivered"));
    }

    [Fact]
    public async Task A_handshake_that_is_never_answered_ends_with_the_timeout()
    {
        // The server reads lines and answers nothing: to a TLS client it stalls.
        Log(Create(""" "tls": true, "timeout": 3000 """));
        await _house.PassAsync(3);
        await _house.PassAsync(0.01);
        Assert.Contains($"weir_delivery_retries_total{{queue=\"{Name}\"}} 1\n", MetricsPage.Of(_house.Registry));
    }

    [Fact]
    public async Task Custom_fields_are_part_of_the_record()
    {
        Log(Create(""" "custom_fields_by_lua": { "deep.er": "return 4" } """));
        using var record = JsonDocument.Parse(await _sink.NextAsync());
        Assert.Equal(4, record.RootElement.GetProperty("deep").GetProperty("er").GetInt32());
    }

    [Fact]
    public void Reports_lua_that_is_not_supported()
    {
        var found = PluginHarness.Check<TcpLog, TcpLog.Config>("""{ "host": "a", "port": 1, "custom_fields_by_lua": { "a": "for" } }""");
        Assert.Equal("custom_fields_by_lua.a", Assert.Single(found).Field);
    }

    public void Dispose() => _sink.Dispose();

    void UseTls()
    {
        _sink.Dispose();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=logs.example", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _sink = new LineSink(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null));
    }

    TcpLog Create(string? more = null)
    {
        var rest = more is null ? "" : ", " + more;
        return _house.Create<TcpLog, TcpLog.Config>($$"""{ "host": "127.0.0.1", "port": {{_sink.Port}}{{rest}} }""");
    }

    static void Log(TcpLog plugin, string target = "/") => plugin.OnDone(SettledExchange.Full(target));

    static string Uri(string line)
    {
        using var record = JsonDocument.Parse(line);
        return record.RootElement.GetProperty("request").GetProperty("uri").GetString()!;
    }
}
