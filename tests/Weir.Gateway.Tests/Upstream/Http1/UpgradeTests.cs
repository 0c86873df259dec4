using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Tests;

public sealed class UpgradeTests
{
    const string Switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";

    [Fact]
    public async Task Carries_bytes_both_ways_after_a_switch_of_protocols()
    {
        string? head = null, raw = null;
        await using var rig = new Http1Rig(async peer =>
        {
            head = await peer.ExpectHeadAsync();
            await peer.SendAsync(Switching + "first");
            raw = await peer.ExpectEndAsync();
            await peer.SendAsync("second");
        });
        var connection = await BeginAsync(rig);
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        var headers = new HeaderDictionary();
        connection.Response.CopyHeadersTo(headers);
        Assert.Equal("websocket", headers["Upgrade"]);
        Assert.False(headers.ContainsKey("Connection"));
        Assert.Contains("Connection: Upgrade\r\nUpgrade: websocket\r\n", head!);

        Assert.Equal(Fault.None, await connection.SendRawAsync("ping"u8.ToArray()));
        await connection.EndRawAsync();
        Assert.Equal("firstsecond", await ReadAllAsync(connection));
        Assert.Equal("ping", raw);
        rig.Pool.Return(connection);
        Assert.Equal(0, rig.Pool.OpenCount);
    }

    [Fact]
    public async Task Reads_an_ordinary_response_to_an_upgrade_that_was_declined()
    {
        await using var rig = new Http1Rig(Http1Rig.Answer("HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nno"));
        var connection = await BeginAsync(rig);
        Assert.Equal(Fault.None, await connection.ReadHeadAsync());
        var got = await Http1Rig.ReadAsync(connection);
        Assert.Equal((426, "no"), (got.Status, got.Body));
        Assert.DoesNotContain(got.Headers, static h => h.Name == "Upgrade");
        rig.Pool.Return(connection);
        Assert.Equal(1, rig.Pool.IdleCount);
    }

    [Fact]
    public void Refuses_a_switch_that_nobody_asked_for()
    {
        var got = ResponseBytes.Read(Switching);
        Assert.Equal((Fault.HeadInvalid, "switched protocols without being asked"), (got.Fault, got.Reason));
    }

    static async Task<Http1Connection> BeginAsync(Http1Rig rig)
    {
        var connection = await rig.RentAsync();
        var writer = rig.Begin(connection);
        writer.Upgrade("websocket");
        writer.End();
        await connection.SendAsync(default, last: true);
        return connection;
    }

    static async Task<string> ReadAllAsync(Http1Connection connection)
    {
        var text = new StringBuilder();
        var buffer = new byte[16];
        BodyRead read;
        while ((read = await connection.ReadRawAsync(buffer)).Count > 0) text.Append(Encoding.Latin1.GetString(buffer, 0, read.Count));
        Assert.Equal(Fault.None, read.Fault);
        return text.ToString();
    }
}
