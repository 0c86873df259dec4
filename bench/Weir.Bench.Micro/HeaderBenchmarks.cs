using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>Headers on their way through: the request's to the upstream with those the gateway adds, the answer's to the client.</summary>
public class HeaderBenchmarks
{
    const string Document = """
        _format_version: "3.0"
        services:
        - { name: orders, url: "http://127.0.0.1:1", routes: [{ name: orders, paths: [/v1] }] }
        """;

    static readonly byte[] s_answer =
    [
        .. "HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 09:58:21 GMT\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 0\r\n"u8,
        .. "Connection: keep-alive\r\nCache-Control: no-store\r\nVary: Accept-Encoding\r\nETag: \"5f3a-17c\"\r\nX-Node: a17\r\nX-Trace: 1\r\n\r\n"u8,
    ];

    readonly HeaderDictionary _headers = [];
    readonly UpstreamClock _clock = new(TimeProvider.System);
    InMemoryGateway _gateway = null!;
    Http1Connection _connection = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _connection = new(new SameAnswer(s_answer), new IPEndPoint(IPAddress.Loopback, 1), _clock, Http1Limits.Default, new());
        _gateway = new(Document);
        await _gateway.BeginAsync();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _gateway.Dispose();
        _clock.Dispose();
    }

    [Benchmark]
    public int RequestHead()
    {
        var upstream = _gateway.Passage.Exchange.Upstream;
        var head = _connection.BeginRequest(upstream.Method, upstream.Path, upstream.Query, UpstreamTimeouts.Default);
        RequestHeadComposer.Write(_gateway.Passage, new Http1Head(head), "orders.internal:8080");
        head.End();
        return head.Count;
    }

    [Benchmark]
    public int ResponseHead()
    {
        _connection.BeginRequest("GET", "/", "", UpstreamTimeouts.Default);
        SameAnswer.ReadHead(_connection);
        _headers.Clear();
        _connection.Response.CopyHeadersTo(_headers);
        return _headers.Count;
    }
}
