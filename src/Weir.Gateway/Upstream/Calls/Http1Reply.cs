using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Weir.Gateway;

/// <summary>The answer to one call, on a rented connection.</summary>
sealed class Http1Reply : UpstreamReply
{
    readonly Http1Connection? _connection;
    readonly Http1Pool? _pool;
    readonly Balancer? _balancer;
    readonly Peer? _peer;
    readonly UpstreamCall? _call;
    readonly CancellationTokenRegistration _stopped;
    readonly string? _reason;
    bool _disposed;

    /// <summary>A call that did not get as far as a connection.</summary>
    public Http1Reply(Fault fault, string? reason) => (Fault, _reason) = (fault, reason);

    public Http1Reply(Http1Connection connection, Http1Pool pool, Balancer balancer, Peer peer, Passage? passage, CancellationToken stop)
    {
        (_connection, _pool, _balancer, _peer) = (connection, pool, balancer, peer);
        _call = passage?.Call;
        // Whoever holds the connection gives it back: the exchange's call, which the leaving client aborts, or this reply.
        _call?.Hold(connection, pool);
        if (stop.CanBeCanceled) _stopped = stop.UnsafeRegister(static state => ((Http1Connection)state!).Abort(), connection);
    }

    /// <summary>Why there is no answer.</summary>
    public Fault Fault { get; set; }

    public override UpstreamFailure Failure => FailureOf(Fault);

    public override string? Reason => Fault == Fault.None ? null : _connection?.Reason ?? _reason ?? Fault.ToString();

    public override bool WasSent => _connection?.RequestBytesSent ?? false;

    public override int Status => Fault == Fault.None && _connection is not null ? _connection.Response.Status : 0;

    public override int ReadTimeoutMs
    {
        set => _connection?.ChangeReadTimeout(value);
    }

    public override string? Header(string name)
    {
        if (Status == 0) return null;
        Span<byte> bytes = stackalloc byte[Math.Min(name.Length, 128)];
        return Encoding.Latin1.TryGetBytes(name, bytes, out var length) ? _connection!.Response.Find(bytes[..length]) : null;
    }

    public override void CopyHeadersTo(IHeaderDictionary headers)
    {
        if (Status != 0) _connection!.Response.CopyHeadersTo(headers);
    }

    public override ValueTask<UpstreamRead> ReadAsync(Memory<byte> destination)
    {
        if (_connection is null || Fault != Fault.None) return new(new UpstreamRead(0, true, Failure));
        var read = _connection.Response.Status == StatusCodes.Status101SwitchingProtocols
            ? _connection.ReadRawAsync(destination)
            : _connection.ReadBodyAsync(destination);
        return read.IsCompletedSuccessfully ? new(Of(read.Result)) : WaitAsync(read);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<UpstreamRead> WaitAsync(ValueTask<BodyRead> read) => Of(await read);
    }

    public override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes) =>
        Status == StatusCodes.Status101SwitchingProtocols && await _connection!.SendRawAsync(bytes) == Fault.None;

    public override ValueTask EndSendingAsync() => Status == StatusCodes.Status101SwitchingProtocols ? _connection!.EndRawAsync() : default;

    public override void Abort() => _connection?.Abort();

    public override void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_connection is null) return;
        _stopped.Dispose();
        if (_call is not null) _call.LetGo();
        else _pool!.Return(_connection);
        _balancer!.Release(_peer!);
    }

    static UpstreamRead Of(in BodyRead read) => new(read.Count, read.IsComplete, FailureOf(read.Fault));

    static UpstreamFailure FailureOf(Fault fault) => fault switch
    {
        Fault.None => UpstreamFailure.None,
        Fault.ConnectRefused or Fault.ConnectFailed => UpstreamFailure.Unreachable,
        Fault.ConnectTimeout => UpstreamFailure.ConnectTimeout,
        Fault.TlsFailed => UpstreamFailure.Tls,
        Fault.RequestInvalid or Fault.RequestTooLarge or Fault.RequestTooSlow => UpstreamFailure.Unsendable,
        Fault.WriteTimeout or Fault.ReadTimeout => UpstreamFailure.Timeout,
        Fault.HeadInvalid or Fault.HeadTooLarge or Fault.BodyInvalid => UpstreamFailure.Invalid,
        Fault.Aborted => UpstreamFailure.Aborted,
        _ => UpstreamFailure.Broken,
    };
}
