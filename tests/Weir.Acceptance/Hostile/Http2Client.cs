using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Weir.Acceptance;

/// <summary>A client of HTTP/2 that sends the frames that a test gives it, whether they make sense or not, and keeps those that come back.</summary>
sealed class Http2Client : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly IAsyncDisposable _connection;
    readonly Stream _stream;
    readonly Channel<Http2Frame> _frames = Channel.CreateUnbounded<Http2Frame>();
    readonly Task _reading;

    Http2Client(IAsyncDisposable connection, Stream stream)
    {
        (_connection, _stream) = (connection, stream);
        _reading = ReadAsync();
    }

    /// <summary>Connects by prior knowledge, or over TLS by ALPN, and sends the preface and empty settings.</summary>
    public static async Task<Http2Client> ConnectAsync(TestGateway gateway, bool tls = false)
    {
        var client = await ConnectBareAsync(gateway, tls);
        await client.SendAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8]);
        await client.SendAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, []));
        return client;
    }

    /// <summary>Connects and sends nothing.</summary>
    public static async Task<Http2Client> ConnectBareAsync(TestGateway gateway, bool tls = false)
    {
        if (tls)
        {
            var secure = await TlsClient.ConnectAsync(gateway.ProxyTls.Port, "a", protocol: SslApplicationProtocol.Http2);
            return new Http2Client(secure, secure.Stream);
        }
        var stream = new NetworkStream((await TestGateway.ConnectAsync(gateway.ProxyH2c)).Socket, ownsSocket: true);
        return new Http2Client(stream, stream);
    }

    /// <summary>False when the gateway has ended the connection.</summary>
    public Task<bool> SendAsync(params IEnumerable<Http2Frame> frames) => SendAsync([.. frames.SelectMany(static frame => frame.ToBytes())]);

    public async Task<bool> SendAsync(byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What becomes of a stream: an answer, its end, or the connection's.</summary>
    public async Task<Http2Outcome> OutcomeAsync(int stream)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await _frames.Reader.WaitToReadAsync(limit.Token))
            while (_frames.Reader.TryRead(out var frame))
            {
                if (frame.Type == Http2FrameType.GoAway && frame.Code != 0) return new Http2Outcome("GOAWAY", frame.Code);
                if (frame.Stream != stream) continue;
                if (frame.Type == Http2FrameType.RstStream) return new Http2Outcome("RST_STREAM", frame.Code);
                if (frame.Type == Http2FrameType.Headers) return new Http2Outcome("answer", frame.Status);
            }
        return new Http2Outcome("closed", 0);
    }

    /// <summary>The code with which the gateway takes leave; 0 when it just ends the connection.</summary>
    public async Task<int> GoAwayAsync()
    {
        var code = 0;
        using var limit = new CancellationTokenSource(Patience);
        while (await _frames.Reader.WaitToReadAsync(limit.Token))
            while (_frames.Reader.TryRead(out var frame))
                if (frame.Type == Http2FrameType.GoAway) code = frame.Code;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _reading;
    }

    async Task ReadAsync()
    {
        var head = new byte[Http2Frame.HeadBytes];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(head);
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8];
                await _stream.ReadExactlyAsync(payload);
                var stream = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue;
                _frames.Writer.TryWrite(new Http2Frame((Http2FrameType)head[3], head[4], stream, payload));
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            _frames.Writer.Complete();
        }
    }
}

/// <summary>What became of a stream.</summary>
/// <param name="Kind">answer, RST_STREAM, GOAWAY or closed.</param>
/// <param name="Code">Status or error code.</param>
sealed record Http2Outcome(string Kind, int Code)
{
    public bool IsRefused => Kind != "answer" || Code is >= 400 and < 500;
}
