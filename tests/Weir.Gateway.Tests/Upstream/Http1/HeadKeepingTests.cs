using System.Globalization;
using System.Text;

namespace Weir.Gateway.Tests;

public sealed class HeadKeepingTests
{
    const int TrailerBytes = 7000;

    /// <summary>Heads that leave much of the first buffer, little of it, and none.</summary>
    [Theory]
    [InlineData(100, 1000)]
    [InlineData(9_000, 1000)]
    [InlineData(16_300, 1000)]
    [InlineData(40_000, 1000)]
    [InlineData(100, 7)]
    [InlineData(9_000, 16 * 1024)]
    public void A_head_can_be_read_when_its_body_in_chunks_has_ended(int headBytes, int segmentBytes)
    {
        var padding = new string('p', headBytes - 80);
        var response = $"HTTP/1.1 200 OK\r\nX-First: one\r\nX-Padding: {padding}\r\nTransfer-Encoding: chunked\r\nX-Last: two\r\n\r\n";
        var body = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            var content = string.Create(CultureInfo.InvariantCulture, $"{i:0000}") + new string('b', i);
            response += $"{content.Length:x}\r\n{content}\r\n";
            body.Append(content);
        }
        response += $"0\r\nX-Sum: {new string('t', TrailerBytes)}\r\n\r\n";
        using var clock = new UpstreamClock(new ManualTime());
        var connection = ResponseBytes.Open(Encoding.Latin1.GetBytes(response).Chunk(segmentBytes), "GET", clock);
        Assert.Equal(Fault.None, ResponseBytes.Now(connection.ReadHeadAsync()));
        var got = ResponseBytes.Now(new ValueTask<Exchanged>(Http1Rig.ReadAsync(connection)));
        Assert.Equal((Fault.None, body.ToString()), (got.Fault, got.Body));
        Assert.Equal(TrailerBytes, Assert.Single(got.Trailers).Value.Length);
        var head = connection.Response;
        Assert.Equal(("one", "two", padding), (head.Find("x-first"u8), head.Find("X-Last"u8), head.Find("X-Padding"u8)));
        Assert.True(connection.IsReusable);
    }
}
