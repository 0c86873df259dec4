using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Weir.Gateway.Plugins;

namespace Weir.Gateway.Tests.Plugins;

public sealed class UdpLogTests : IDisposable
{
    readonly LoggingHouse _house = new();
    readonly UdpClient _sink = new(new IPEndPoint(IPAddress.Loopback, 0));

    int Port => ((IPEndPoint)_sink.Client.LocalEndPoint!).Port;

    [Fact]
    public async Task Sends_a_datagram_per_request()
    {
        var plugin = Create();
        for (var i = 0; i < 3; i++) plugin.OnDone(SettledExchange.Full($"/{i}"));
        for (var i = 0; i < 3; i++)
        {
            var datagram = (await _sink.ReceiveAsync()).Buffer;
            Assert.Equal((byte)'}', datagram[^1]);
            using var record = JsonDocument.Parse(datagram);
            Assert.Equal($"/{i}", record.RootElement.GetProperty("request").GetProperty("uri").GetString());
        }
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal(3, _house.Entries($"udp-log 127.0.0.1:{Port}", "delivered"));
    }

    [Fact]
    public async Task Works_through_the_pipeline_with_custom_fields()
    {
        await new PluginHarness(Create(""", "timeout": 500, "custom_fields_by_lua": { "team": "return \"edge\"" } """)).GetAsync("/through");
        using var record = JsonDocument.Parse((await _sink.ReceiveAsync()).Buffer);
        Assert.Equal("edge", record.RootElement.GetProperty("team").GetString());
    }

    [Fact]
    public async Task A_record_too_long_for_a_datagram_is_lost_and_counted()
    {
        Create().OnDone(SettledExchange.Full("/" + new string('x', 70_000)));
        await _house.PassAsync(0.01);
        await _house.Deliveries.DrainAsync(default);
        Assert.Equal(1, _house.Entries($"udp-log 127.0.0.1:{Port}", "expired"));
    }

    [Fact]
    public void Reports_lua_that_is_not_supported()
    {
        var found = PluginHarness.Check<UdpLog, UdpLog.Config>("""{ "host": "a", "port": 1, "custom_fields_by_lua": { "a": "while" } }""");
        Assert.Equal("custom_fields_by_lua.a", Assert.Single(found).Field);
    }

    public void Dispose() => _sink.Dispose();

    UdpLog Create(string more = "") => _house.Create<UdpLog, UdpLog.Config>($$"""{ "host": "127.0.0.1", "port": {{Port}}{{more}} }""");
}
