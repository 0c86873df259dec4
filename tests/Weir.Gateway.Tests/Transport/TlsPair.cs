using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace Weir.Gateway.Tests;

/// <summary>A client and a connection on a loop that have agreed on TLS.</summary>
sealed class TlsPair : IAsyncDisposable
{
    static readonly SslStreamCertificateContext s_certificate = TlsCertificates.SelfMade(TimeProvider.System);

    readonly SslStream _stream;

    TlsPair(Socket socket, DroppingStream wire, SslStream client, LoopConnection connection, SslStream stream, IDuplexPipe server)
    {
        Socket = socket;
        Wire = wire;
        Client = client;
        Connection = connection;
        _stream = stream;
        Server = server;
    }

    public Socket Socket { get; }

    /// <summary>What the client's TLS writes to.</summary>
    public DroppingStream Wire { get; }

    public SslStream Client { get; }

    public LoopConnection Connection { get; }

    public IDuplexPipe Server { get; }

    public TlsReader Reader => (TlsReader)Server.Input;

    public static async Task<TlsPair> ConnectAsync(LoopRig rig)
    {
        var (socket, connection) = await rig.ConnectAsync();
        var wire = new DroppingStream(new NetworkStream(socket, ownsSocket: true));
        var client = new SslStream(wire, leaveInnerStreamOpen: false, static (_, shown, _, _) =>
            shown?.GetCertHashString() == s_certificate.TargetCertificate.GetCertHashString());
        var handshake = client.AuthenticateAsClientAsync("localhost");
        await connection.Loop.Enter();
        var stream = new SslStream(new TransportStream(connection.BeginTls()), leaveInnerStreamOpen: true);
        await stream.AuthenticateAsServerAsync(TlsCertificates.Options(s_certificate));
        await connection.Loop.Enter();
        var server = connection.EndHandshake(stream);
        await handshake;
        return new TlsPair(socket, wire, client, connection, stream, server);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        await Client.DisposeAsync();
        await Server.Input.CompleteAsync();
        await Server.Output.CompleteAsync();
        await _stream.DisposeAsync();
        await Connection.DisposeAsync();
    }
}

/// <summary>A stream that can keep what is written to it, for the test to send it in pieces of its own.</summary>
sealed class DroppingStream(Stream inner) : Stream
{
    readonly MemoryStream _kept = new();

    public bool Keeps { get; set; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>What was kept since the last time.</summary>
    public byte[] Take()
    {
        var kept = _kept.ToArray();
        _kept.SetLength(0);
        return kept;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!Keeps) return inner.WriteAsync(buffer, cancellationToken);
        _kept.Write(buffer.Span);
        return default;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override void Flush() => inner.Flush();
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Keeps) _kept.Write(buffer, offset, count);
        else inner.Write(buffer, offset, count);
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
