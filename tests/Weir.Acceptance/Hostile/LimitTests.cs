namespace Weir.Acceptance;

/// <summary>Every limit of a client's side: what is answered, that the connection ends, and that it is counted.</summary>
public sealed class LimitTests
{
    const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    /// <summary>Kestrel looks at its clocks once a second; a limit of one second must have fired long before this.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    const string Document = """
        _format_version: "3.0"
        routes:
        - name: fixed
          paths: [/]
          plugins:
          - name: request-termination
            config: { status_code: 200, message: here }
        """;

    [Theory]
    [InlineData(20, 200)]
    [InlineData(21, 431)]
    public async Task Bounds_the_number_of_headers(int headers, int status)
    {
        await using var gateway = await TestGateway.StartAsync(Document, static settings => settings with { RequestHeadersMax = 20 });
        var lines = string.Concat(Enumerable.Range(1, headers - 1).Select(static i => $"X-{i}: y\r\n"));
        await ExpectAsync(gateway, $"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n", status);
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(2100, 431)]
    public async Task Bounds_the_size_of_headers(int bytes, int status)
    {
        await using var gateway = await TestGateway.StartAsync(Document, static settings => settings with { RequestHeadersBytesMax = 2048 });
        await ExpectAsync(gateway, $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', bytes)}\r\n\r\n", status);
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(300, 414)]
    [InlineData(100_000, 414)]
    public async Task Bounds_the_request_line(int bytes, int status)
    {
        await using var gateway = await TestGateway.StartAsync(Document, static settings => settings with { RequestLineBytesMax = 256 });
        await ExpectAsync(gateway, $"GET /{new string('x', bytes)} HTTP/1.1\r\nHost: a\r\n\r\n", status);
    }

    [Theory]
    [InlineData("Content-Length: 20\r\n\r\n01234567890123456789", 200)]
    [InlineData("Content-Length: 21\r\n\r\n012345678901234567890", 413)]
    [InlineData("Content-Length: 1099511627777\r\n\r\n", 413)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n0\r\n\r\n", 200)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n7\r\n0123456\r\n7\r\n0123456\r\n7\r\n0123456\r\n0\r\n\r\n", 413)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n15\r\n012345678901234567890\r\n0\r\n\r\n", 413)]
    public async Task Bounds_the_body(string rest, int status)
    {
        await using var upstream = new RecordingUpstream();
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: recorder, url: "http://127.0.0.1:{{upstream.Port}}", routes: [{ name: all, paths: [/] }] }
            """, static settings => settings with { ClientMaxBodySize = 20 });
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n" + rest);
        var answer = await client.ReadAnswerAsync().WaitAsync(Patience);
        Assert.Equal(status, answer!.Status);
        Assert.Equal(status == 200 ? 1 : 0, upstream.Seen.Count);
        if (status == 200) return;
        Assert.StartsWith("Payload too large", answer.Body, StringComparison.Ordinal);
        Assert.True(await client.EndsAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Bounds_the_connections_at_the_same_time()
    {
        await using var gateway = await TestGateway.StartAsync(Document, static settings => settings with { ConnectionsMax = 3 });
        var clients = new List<RawClient>();
        for (var i = 0; i < 3; i++)
        {
            clients.Add(await gateway.ConnectAsync());
            await clients[i].SendAsync(Get);
            Assert.Equal(200, (await clients[i].ReadAnswerAsync())!.Status);
        }
        await using (var fourth = await gateway.ConnectAsync()) Assert.True(await fourth.EndsAsync().WaitAsync(Patience));
        await clients[0].DisposeAsync();
        await Poll.UntilAsync(async () =>
        {
            await using var next = await gateway.ConnectAsync();
            await next.SendAsync(Get);
            return await next.ReadAnswerAsync() is { Status: 200 };
        }, "a place is free again");
        foreach (var client in clients) await client.DisposeAsync();
        gateway.Client.Dispose();
    }

    [Fact]
    public async Task Closes_an_idle_connection_after_its_timeout()
    {
        await using var gateway = await TestGateway.StartAsync(Document, static settings => settings with { KeepaliveTimeoutSeconds = 1 });
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(Get);
        Assert.Equal(200, (await client.ReadAnswerAsync())!.Status);
        Assert.True(await client.EndsAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Closes_a_connection_whose_request_head_is_slow()
    {
        await using var gateway = await TestGateway.StartAsync(Document, static settings => settings with { ClientHeaderTimeoutSeconds = 1 });
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        Assert.Equal(408, (await client.ReadAnswerAsync().WaitAsync(Patience))!.Status);
        Assert.True(await client.EndsAsync().WaitAsync(Patience));
        Assert.True(await BadRequestsAsync(gateway) >= 1);
    }

    [Fact]
    public async Task Closes_a_connection_whose_request_body_is_slow()
    {
        await using var upstream = new RecordingUpstream();
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: recorder, url: "http://127.0.0.1:{{upstream.Port}}", routes: [{ name: all, paths: [/] }] }
            """, static settings => settings with { ClientBytesPerSecondMin = 100_000, ClientRateGraceSeconds = 2 });
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
        var answer = await client.ReadAnswerAsync().WaitAsync(Patience);
        Assert.Equal(408, answer!.Status);
        Assert.True(await client.EndsAsync().WaitAsync(Patience));
        Assert.Empty(upstream.Seen);
        Assert.True(!gateway.Log.Errors.Any(), string.Join('\n', gateway.Log.Errors));
    }

    [Fact]
    public async Task Closes_a_connection_that_does_not_take_its_answer()
    {
        await using var mock = new Weir.Server.MockServer("127.0.0.1:0", TimeProvider.System);
        await mock.StartAsync(CancellationToken.None);
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            services:
            - { name: mock, url: "{{mock.Address}}", routes: [{ name: all, paths: [/], strip_path: false }] }
            """, static settings => settings with { ClientBytesPerSecondMin = 1_000_000, ClientRateGraceSeconds = 2 });
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync("GET /bytes/100000000 HTTP/1.1\r\nHost: a\r\n\r\n");
        await Poll.UntilAsync(() => gateway.Node.Snapshots.Current.InFlight.Count == 1, "the request has come");
        await Poll.UntilAsync(() => gateway.Node.Snapshots.Current.InFlight.Count == 0, "the request was given up");
        Assert.False((await client.ReadWholeAsync()).IsWhole);
        Assert.True(!gateway.Log.Errors.Any(), string.Join('\n', gateway.Log.Errors));
    }

    [Fact]
    public async Task Bounds_the_streams_of_an_http2_connection()
    {
        await using var gateway = await TestGateway.StartAsync(Document, static settings => settings with { Http2StreamsMax = 7 });
        await using var client = await TestGateway.ConnectAsync(gateway.ProxyH2c);
        byte[] emptySettings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        await client.SendAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. emptySettings]);
        var header = await client.ReadBytesAsync(9);
        Assert.Equal(4, header[3]);
        var settings = await client.ReadBytesAsync(header[1] << 8 | header[2]);
        Assert.Contains(settings.Chunk(6), static entry => entry is [0, 3, 0, 0, 0, 7]);
        // Eight streams that stay open: headers without the end of the stream. In one piece: an early stream must not be answered before the last one comes.
        byte[] ids = [1, 3, 5, 7, 9, 11, 13, 15];
        await client.SendAsync([.. ids.SelectMany(static id => (byte[])[0, 0, 6, 1, 4, 0, 0, 0, id, 0x83, 0x86, 0x84, 0x41, 0x01, (byte)'a'])]);
        while (true)
        {
            header = await client.ReadBytesAsync(9).WaitAsync(Patience);
            var payload = await client.ReadBytesAsync(header[0] << 16 | header[1] << 8 | header[2]);
            if (header[3] != 3 || header[8] != 15) continue;
            Assert.Equal([0, 0, 0, 7], payload);
            return;
        }
    }

    [Fact]
    public async Task Counts_what_it_refuses()
    {
        await using var gateway = await TestGateway.StartAsync(Document);
        await ExpectAsync(gateway, "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 400);
        await ExpectAsync(gateway, "GET / HTTP/3.7\r\nHost: a\r\n\r\n", 505);
        Assert.Equal(2, await BadRequestsAsync(gateway));
    }

    [Fact]
    public async Task Shows_requests_refused_for_their_framing_in_the_request_metrics()
    {
        await using var gateway = await TestGateway.StartAsync(Document);
        await ExpectAsync(gateway, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
        Assert.Contains(await MetricsAsync(gateway), static line =>
            line.StartsWith("weir_http_requests_total", StringComparison.Ordinal) && line.Contains("\"400\"", StringComparison.Ordinal));
    }

    static async Task ExpectAsync(TestGateway gateway, string request, int status)
    {
        await using var client = await gateway.ConnectAsync();
        await client.SendAsync(request);
        var answer = await client.ReadAnswerAsync().WaitAsync(Patience);
        Assert.Equal(status, answer?.Status);
        if (status >= 400) Assert.True(await client.EndsAsync().WaitAsync(Patience));
        Assert.True(!gateway.Log.Errors.Any(), string.Join('\n', gateway.Log.Errors));
    }

    static async Task<double> BadRequestsAsync(TestGateway gateway) => (await MetricsAsync(gateway))
        .Where(static line => line.StartsWith("weir_bad_requests_total{", StringComparison.Ordinal))
        .Sum(static line => double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));

    static async Task<string[]> MetricsAsync(TestGateway gateway)
    {
        using var client = TestGateway.NewClient(gateway.Status);
        return (await client.GetStringAsync("/metrics")).Split('\n');
    }
}
