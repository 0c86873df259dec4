namespace Weir.Acceptance;

/// <summary>Frames that break the protocol end the connection, and nothing of it goes upstream.</summary>
public sealed class Http2FrameTests(Http2RequestTests.Rig shared) : IClassFixture<Http2RequestTests.Rig>
{
    static readonly byte[] Get = Http2Frame.Block((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a"));

    /// <summary>A request whose end is still to come: it is not forwarded before its first byte of body.</summary>
    static readonly Http2Frame Open = new(Http2FrameType.Headers, Http2Frame.EndHeaders, 1, Get);

    static readonly Dictionary<string, Http2Frame[]> Frames = new()
    {
        { "DATA on stream 0", [Http2Frame.Data(0, 0, "x")] },
        { "HEADERS on stream 0", [Open with { Stream = 0 }] },
        { "PRIORITY on stream 0", [new(Http2FrameType.Priority, 0, 0, new byte[5])] },
        { "RST_STREAM on stream 0", [Http2Frame.Number(Http2FrameType.RstStream, 0, 8)] },
        { "CONTINUATION on stream 0", [new(Http2FrameType.Continuation, Http2Frame.EndHeaders, 0, Get)] },
        { "PUSH_PROMISE", [new(Http2FrameType.PushPromise, Http2Frame.EndHeaders, 1, [0, 0, 0, 2, .. Get])] },
        { "SETTINGS on a stream", [new(Http2FrameType.Settings, 0, 1, [])] },
        { "PING on a stream", [new(Http2FrameType.Ping, 0, 1, new byte[8])] },
        { "GOAWAY on a stream", [new(Http2FrameType.GoAway, 0, 1, new byte[8])] },
        { "HEADERS on an even stream", [Open with { Stream = 2 }] },
        { "HEADERS on a stream before the last", [Open with { Stream = 5 }, Open with { Stream = 3 }] },
        { "HEADERS in the middle of a request", [Open, Open] },
        { "HEADERS that depend on themselves", [new(Http2FrameType.Headers, 0x24, 1, [0, 0, 0, 1, 16, .. Get])] },
        { "HEADERS with more padding than frame", [new(Http2FrameType.Headers, 0xc, 1, [255, .. Get])] },
        { "HEADERS shorter than their priority", [new(Http2FrameType.Headers, 0x24, 1, [0, 0, 0])] },
        { "DATA on an idle stream", [Http2Frame.Data(1, 0, "x")] },
        { "DATA with more padding than frame", [Open, new(Http2FrameType.Data, Http2Frame.Padded, 1, [9, 0])] },
        { "DATA in the middle of a head", [Open with { Flags = 0 }, Http2Frame.Data(1, 0, "x")] },
        { "HEADERS of another stream in the middle of a head", [Open with { Flags = 0 }, Open with { Stream = 3 }] },
        { "CONTINUATION of another stream", [Open with { Flags = 0 }, new(Http2FrameType.Continuation, Http2Frame.EndHeaders, 3, [])] },
        { "CONTINUATION without HEADERS", [new(Http2FrameType.Continuation, Http2Frame.EndHeaders, 1, Get)] },
        { "CONTINUATION after the end of a head", [Open, new(Http2FrameType.Continuation, Http2Frame.EndHeaders, 1, [])] },
        { "RST_STREAM of an idle stream", [Http2Frame.Number(Http2FrameType.RstStream, 1, 8)] },
        { "RST_STREAM of a wrong length", [Open, new(Http2FrameType.RstStream, 0, 1, new byte[3])] },
        { "PRIORITY of a wrong length", [new(Http2FrameType.Priority, 0, 1, new byte[4])] },
        { "PRIORITY that depends on itself", [new(Http2FrameType.Priority, 0, 1, [0, 0, 0, 1, 16])] },
        { "PING of a wrong length", [new(Http2FrameType.Ping, 0, 0, new byte[7])] },
        { "WINDOW_UPDATE by nothing", [Http2Frame.Number(Http2FrameType.WindowUpdate, 0, 0)] },
        { "WINDOW_UPDATE by nothing on a stream", [Open, Http2Frame.Number(Http2FrameType.WindowUpdate, 1, 0)] },
        { "WINDOW_UPDATE beyond the limit", [Http2Frame.Number(Http2FrameType.WindowUpdate, 0, int.MaxValue)] },
        { "WINDOW_UPDATE of an idle stream", [Http2Frame.Number(Http2FrameType.WindowUpdate, 1, 1)] },
        { "WINDOW_UPDATE of a wrong length", [new(Http2FrameType.WindowUpdate, 0, 0, new byte[3])] },
        { "SETTINGS of a wrong length", [new(Http2FrameType.Settings, 0, 0, new byte[5])] },
        { "SETTINGS that acknowledge with a payload", [Http2Frame.Setting(4, 1) with { Flags = 1 }] },
        { "a push setting that is no boolean", [Http2Frame.Setting(2, 2)] },
        { "an initial window beyond the limit", [Http2Frame.Setting(4, 0x8000_0000)] },
        { "a frame size below the least", [Http2Frame.Setting(5, 100)] },
        { "a frame size above the largest", [Http2Frame.Setting(5, 0x0100_0000)] },
        { "a frame larger than the limit", [new(Http2FrameType.Ping, 0, 0, new byte[16_385])] },
        { "DATA larger than the limit", [Open, Http2Frame.Data(1, 0, new string('x', 16_385))] },
        { "index 0 of the header table", [Open with { Payload = [0x80] }] },
        { "an index beyond the header table", [Open with { Payload = [0xff, 0x20] }] },
        { "an index that overflows", [Open with { Payload = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] }] },
        { "a length beyond the block", [Open with { Payload = [0, 5, (byte)'a'] }] },
        { "a header table larger than offered", [Open with { Payload = [0x3f, 0xff, 0xff, 0x7f, .. Get] }] },
        { "padding that is no Huffman code", [Open with { Payload = [0, 0x82, 0xff, 0xff, 0] }] },
    };

    public static TheoryData<string> Broken => [.. Frames.Keys];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task End_the_connection(string what)
    {
        var before = shared.Of.Upstream.Seen.Count;
        await using var client = await Http2Client.ConnectAsync(shared.Of.Gateway);
        await client.SendAsync(Frames[what]);
        Assert.True(await client.GoAwayAsync() != 0, what);
        Assert.Equal(before, shared.Of.Upstream.Seen.Count);
        Assert.True(!shared.Of.Gateway.Log.Errors.Any(), string.Join('\n', shared.Of.Gateway.Log.Errors));
    }

    [Theory]
    [InlineData("another preface", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    [InlineData("half a preface and a request", "PRI * HTTP/2.0\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("a request of HTTP/1.1", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("nonsense", "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\r\n\r\n\r\n\r\n")]
    public async Task A_connection_that_starts_otherwise_is_ended(string what, string start)
    {
        var before = shared.Of.Upstream.Seen.Count;
        await using var client = await TestGateway.ConnectAsync(shared.Of.Gateway.ProxyH2c);
        await client.SendAsync(start);
        while (!await client.EndsAsync().WaitAsync(TimeSpan.FromSeconds(20))) await client.TakeAllAsync();
        Assert.True(before == shared.Of.Upstream.Seen.Count, what);
        Assert.True(!shared.Of.Gateway.Log.Errors.Any(), string.Join('\n', shared.Of.Gateway.Log.Errors));
    }

    [Theory]
    [InlineData(2147418113)]
    [InlineData(2147483647)]
    public async Task A_window_of_a_stream_that_overflows_ends_the_stream(int by)
    {
        await using var client = await Http2Client.ConnectAsync(shared.Of.Gateway);
        await client.SendAsync(Open, Http2Frame.Number(Http2FrameType.WindowUpdate, 1, (uint)by));
        Assert.True((await client.OutcomeAsync(1)).IsRefused);
    }
}
