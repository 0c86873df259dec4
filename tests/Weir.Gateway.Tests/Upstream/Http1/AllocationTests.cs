using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway.Tests;

[Collection(nameof(Alone))]
public sealed class AllocationTests(ITestOutputHelper output)
{
    const int Requests = 10_000;

#if DEBUG
    // State machines are classes in a debug build.
    const int BytesPerRequestMax = 2048;
#else
    const int BytesPerRequestMax = 8;
#endif

    [Fact]
    public async Task Exchanges_allocate_nothing_in_the_steady_state()
    {
        using var upstream = new BlockingUpstream();
        using var clock = new UpstreamClock(TimeProvider.System);
        var limits = new PoolLimits { RequestsPerConnectionMax = int.MaxValue };
        using var pool = new Http1Pool(new(upstream.Address), new SocketConnector(), limits, Http1Limits.Default, clock);
        var headers = new HeaderDictionary();
        var buffer = new byte[4096];
        var perRequest = double.MaxValue;
        // Other tests run beside this one and their allocations count, too: the best of a few rounds is ours alone.
        for (var round = 0; round < 5 && perRequest > BytesPerRequestMax; round++)
        {
            for (var i = 0; i < 1000; i++) await ExchangeAsync(pool, headers, buffer);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Requests; i++) await ExchangeAsync(pool, headers, buffer);
            perRequest = Math.Min(perRequest, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Requests);
        }
        output.WriteLine($"{perRequest:F2} bytes per request");
        Assert.InRange(perRequest, 0, BytesPerRequestMax);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    static async ValueTask ExchangeAsync(Http1Pool pool, HeaderDictionary headers, byte[] buffer)
    {
        var rental = await pool.RentAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
        var connection = rental.Connection!;
        var writer = connection.BeginRequest("GET", "/anything", "?a=b", UpstreamTimeouts.Default);
        writer.Header("Host", "upstream.test");
        writer.Header("Accept", "*/*");
        writer.Header("User-Agent", "test/1.0");
        writer.End();
        var fault = await connection.SendAsync(default, last: true);
        if (fault == Fault.None) fault = await connection.ReadHeadAsync();
        if (fault != Fault.None) Assert.Fail(fault.ToString());
        headers.Clear();
        connection.Response.CopyHeadersTo(headers);
        while (!(await connection.ReadBodyAsync(buffer)).IsComplete)
        {
        }
        pool.Return(connection);
    }

    /// <summary>Answers on a thread of its own with blocking calls, which allocate nothing.</summary>
    sealed class BlockingUpstream : IDisposable
    {
        readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        readonly Thread _thread;

        public BlockingUpstream()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            _thread = new(Serve) { IsBackground = true };
            _thread.Start();
        }

        public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

        public void Dispose() => _listener.Dispose();

        void Serve()
        {
            using var socket = _listener.Accept();
            socket.NoDelay = true;
            var buffer = new byte[4096];
            byte[] answer =
            [
                .. "HTTP/1.1 200 OK\r\nServer: test\r\nContent-Type: application/json\r\nX-Custom: abc\r\n"u8,
                .. "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"u8,
            ];
            while (socket.Receive(buffer) > 0) socket.Send(answer);
        }
    }
}
