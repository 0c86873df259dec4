using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Weir.Gateway;

namespace Weir.Bench.Micro;

/// <summary>The upstream client without a network: what an exchange costs besides its system calls.</summary>
public class Http1Benchmarks
{
    static readonly byte[] s_answer =
    [
        .. "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Fri, 20 Nov 2026 09:58:21 GMT\r\n"u8,
        .. "Content-Type: application/json; charset=utf-8\r\n"u8,
        .. "Content-Length: 5\r\nConnection: keep-alive\r\n"u8,
        .. "Cache-Control: no-store\r\nVary: Accept-Encoding\r\nETag: \"5f3a-17c\"\r\nX-Node: a17\r\n\r\nhello"u8,
    ];

    static readonly byte[] s_chunk = [.. "400\r\n"u8, .. new byte[1024], .. "\r\n"u8];
    static readonly byte[] s_chunks = [.. Enumerable.Repeat(s_chunk, 12).SelectMany(static c => c), .. "0\r\n\r\n"u8];

    readonly byte[] _buffer = new byte[16 * 1024];
    readonly HeaderDictionary _headers = [];
    readonly RequestWriter _writer = new(Http1Limits.Default);
    UpstreamClock _clock = null!;
    Http1Connection _connection = null!;
    Http1Pool _pool = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _clock = new(TimeProvider.System);
        var endpoint = new UpstreamEndpoint(new(IPAddress.Loopback, 1));
        _connection = new(new SameAnswer(s_answer), endpoint.Address, _clock, Http1Limits.Default, new());
        _pool = new(endpoint, new SameAnswer(s_answer), new() { RequestsPerConnectionMax = int.MaxValue }, Http1Limits.Default, _clock);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _pool.Dispose();
        _clock.Dispose();
    }

    [Benchmark]
    public int WriteHead()
    {
        Write(_writer);
        return _writer.Count;
    }

    [Benchmark]
    public int ReadHead()
    {
        _connection.BeginRequest("GET", "/", "", UpstreamTimeouts.Default);
        SameAnswer.ReadHead(_connection);
        return _connection.Response.Status;
    }

    [Benchmark]
    public int ReadHeadAndCopyHeaders()
    {
        ReadHead();
        _headers.Clear();
        _connection.Response.CopyHeadersTo(_headers);
        return _headers.Count;
    }

    [Benchmark]
    public int DecodeTwelveChunksOf1KB()
    {
        var decoder = new ChunkDecoder();
        decoder.Decode(s_chunks, _buffer, Http1Limits.Default, out _, out var written);
        return written;
    }

    [Benchmark]
    public int WholeExchange()
    {
        var connection = _pool.RentAsync(TimeSpan.FromSeconds(1), default).GetAwaiter().GetResult().Connection!;
        connection.BeginRequest("GET", "/v1/orders/42", "?expand=lines", UpstreamTimeouts.Default);
        WriteHeaders(connection.Request);
        connection.SendAsync(default, last: true).GetAwaiter().GetResult();
        SameAnswer.ReadHead(connection);
        _headers.Clear();
        connection.Response.CopyHeadersTo(_headers);
        var read = connection.ReadBodyAsync(_buffer).GetAwaiter().GetResult();
        _pool.Return(connection);
        return read.Count;
    }

    static void Write(RequestWriter writer)
    {
        writer.Begin("GET", "/v1/orders/42", "?expand=lines");
        WriteHeaders(writer);
    }

    static void WriteHeaders(RequestWriter writer)
    {
        writer.Header("Host", "orders.example.com");
        writer.Header("Accept", "application/json");
        writer.Header("Accept-Encoding", "gzip, deflate, br");
        writer.Header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36");
        writer.Header("Authorization", "Bearer 0123456789abcdef0123456789abcdef0123456789abcdef");
        writer.Header("Cookie", "session=0123456789abcdef; theme=dark");
        writer.Header("X-Forwarded-For: "u8, "192.0.2.1");
        writer.Header("X-Forwarded-Proto: "u8, "https");
        writer.Header("X-Request-Id: "u8, "5a6b5a6b5a6b5a6b5a6b5a6b5a6b5a6b");
        writer.End();
    }
}
