using Microsoft.AspNetCore.Http;

namespace Weir.Acceptance;

/// <summary>Clients of HTTP/2 that make the gateway work without end: each costs it no more than a bounded number of requests or bytes.</summary>
public sealed class Http2FloodTests : IAsyncLifetime
{
    const int StreamsMax = 16;

    static readonly (string, string)[] Get = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "a")];

    static readonly byte[] GetBlock = Http2Frame.Block(Get);

    readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _counting = new();
    AppUpstream _upstream = null!;
    TestGateway _gateway = null!;
    int _open;
    int _openMax;

    public async ValueTask InitializeAsync()
    {
        _upstream = await AppUpstream.StartAsync(HoldAsync);
        _gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: held, url: "{{_upstream.Address}}", retries: 0, routes: [{ name: all, paths: [/] }] }
            """, static settings => settings with { Http2StreamsMax = StreamsMax, ClientHeaderTimeoutSeconds = 1 });
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streams_that_are_reset_at_once_end_the_connection(bool tls)
    {
        await using var client = await Http2Client.ConnectAsync(_gateway, tls);
        var block = Http2Frame.Block([Get[0], (":scheme", tls ? "https" : "http"), .. Get[2..]]);
        var sent = 0;
        while (sent < 100_000 && await client.SendAsync(Enumerable.Range(sent, 100).SelectMany(n => Reset(n, block)))) sent += 100;
        // What was sent in vain may reset the connection before the reason can be read. Which of its limits ends it first is chance: one is an internal error.
        Assert.Contains(await client.GoAwayAsync(), (int[])[0, InternalError, EnhanceYourCalm]);
        Assert.True(sent < 100_000);
        Assert.InRange(_upstream.Requests, 0, 5_000);
        await AssertQuietAsync();
        // Kestrel has a critical event for every stream that it gives up so.
        Assert.InRange(_gateway.Log.Lines.Count(static line => line.Text.Contains("maximum queue size", StringComparison.Ordinal)), 0, 1);
    }

    [Fact]
    public async Task Streams_that_are_reset_are_cancelled_upstream()
    {
        await using var client = await Http2Client.ConnectAsync(_gateway);
        await client.SendAsync(Enumerable.Range(0, StreamsMax).Select(static n => Headers(n, GetBlock)));
        await Poll.UntilAsync(() => Open == StreamsMax, "all requests have come upstream");
        await client.SendAsync(Enumerable.Range(0, StreamsMax).Select(static n => Http2Frame.Number(Http2FrameType.RstStream, n * 2 + 1, 8)));
        await AssertQuietAsync();
    }

    [Fact]
    public async Task A_head_without_end_ends_the_connection()
    {
        await using var client = await Http2Client.ConnectAsync(_gateway);
        await client.SendAsync(new Http2Frame(Http2FrameType.Headers, 0, 1, GetBlock));
        var more = new Http2Frame(Http2FrameType.Continuation, 0, 1, Http2Frame.Block(("x", new string('y', 8_000))));
        var sent = 0;
        while (sent < 10_000 && await client.SendAsync(more)) sent++;
        Assert.NotEqual(0, await client.GoAwayAsync());
        Assert.True(sent < 10_000);
        await AssertQuietAsync();
    }

    [Fact]
    public async Task A_head_that_does_not_go_on_ends_the_connection()
    {
        await using var client = await Http2Client.ConnectAsync(_gateway);
        await client.SendAsync(new Http2Frame(Http2FrameType.Headers, 0, 1, GetBlock), new Http2Frame(Http2FrameType.Continuation, 0, 1, []));
        Assert.True((await client.OutcomeAsync(1)).IsRefused);
        await AssertQuietAsync();
    }

    [Fact]
    public async Task A_head_that_goes_on_with_nothing_ends_the_connection()
    {
        await using var client = await Http2Client.ConnectAsync(_gateway);
        await client.SendAsync(new Http2Frame(Http2FrameType.Headers, 0, 1, GetBlock));
        // The limit is one of time: as long as it takes, at most as long as the client waits for the outcome.
        var nothing = Enumerable.Repeat(new Http2Frame(Http2FrameType.Continuation, 0, 1, []), 100).SelectMany(static frame => frame.ToBytes()).ToArray();
        var outcome = client.OutcomeAsync(1);
        while (!outcome.IsCompleted && await client.SendAsync(nothing)) { }
        Assert.True((await outcome).IsRefused);
        await AssertQuietAsync();
    }

    [Fact]
    public async Task No_more_streams_are_forwarded_than_may_be_open()
    {
        await using var client = await Http2Client.ConnectAsync(_gateway);
        await client.SendAsync(Enumerable.Range(0, StreamsMax + 1).Select(static n => Headers(n, GetBlock)));
        Assert.Equal(new Http2Outcome("RST_STREAM", RefusedStream), await client.OutcomeAsync(StreamsMax * 2 + 1));
        await Poll.UntilAsync(() => Open == StreamsMax, "the others have come upstream");
        Assert.Equal(StreamsMax, _openMax);
        _release.SetResult();
        Assert.Equal(new Http2Outcome("answer", 200), await client.OutcomeAsync(1));
    }

    const int InternalError = 2;
    const int RefusedStream = 7;
    const int EnhanceYourCalm = 11;

    int Open
    {
        get
        {
            lock (_counting) return _open;
        }
    }

    static Http2Frame Headers(int n, byte[] block) => new(Http2FrameType.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, n * 2 + 1, block);

    static IEnumerable<Http2Frame> Reset(int n, byte[] block) => [Headers(n, block), Http2Frame.Number(Http2FrameType.RstStream, n * 2 + 1, 8)];

    /// <summary>Nothing is left of the flood on either side, and the gateway serves.</summary>
    async Task AssertQuietAsync()
    {
        await Poll.UntilAsync(() => Open == 0, "the requests upstream have ended");
        await Poll.UntilAsync(() => _gateway.Node.Snapshots.Current.InFlight.Count == 0, "no request is in flight");
        // A stream that was reset may end a moment after the next has begun.
        Assert.InRange(_openMax, 0, 2 * StreamsMax);
        _release.TrySetResult();
        using var answer = await _gateway.Client.GetAsync("/");
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        Assert.True(!_gateway.Log.Errors.Any(), string.Join('\n', _gateway.Log.Errors));
    }

    async Task HoldAsync(HttpContext context)
    {
        lock (_counting) _openMax = Math.Max(_openMax, ++_open);
        try
        {
            await _release.Task.WaitAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The gateway has given the request up.
        }
        finally
        {
            lock (_counting) _open--;
        }
    }
}
