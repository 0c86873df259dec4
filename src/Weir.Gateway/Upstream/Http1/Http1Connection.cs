using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Weir.Gateway;

/// <summary>
/// One HTTP/1.1 connection to an upstream, serving one exchange at a time: write the head with <see cref="Request"/>, send it and the body with
/// <see cref="SendAsync"/>, read <see cref="Response"/> with <see cref="TryReadHead"/> and the body with <see cref="ReadBodyAsync"/>, give it back to its
/// pool. Sending and reading may run at the same time, one of each; both must have ended before the connection is given back.
/// </summary>
/// <remarks>
/// Buffers are rented when an exchange first needs them. Under load the next exchange takes them over, which spares the array pool's lottery between
/// threads; a connection that has been idle for a second holds none. Failures are values; the reason, for logs, is in <see cref="Reason"/>.
/// <see cref="Abort"/> is the only member that other threads may call.
/// </remarks>
sealed partial class Http1Connection
{
    /// <summary>Size of the receive buffer: a head and the beginning of its body in one receive.</summary>
    const int ReceiveBufferBytes = 16 * 1024;

    const long NotYet = long.MaxValue;

    readonly IUpstreamTransport _transport;
    readonly UpstreamClock _clock;
    readonly Http1Limits _limits;

    UpstreamTimeouts _timeouts;
    Watch _readWatch = new();
    Watch _writeWatch = new();
    bool _isHead;
    bool _receiving;
    bool _sending;
    volatile bool _aborted;

    public Http1Connection(IUpstreamTransport transport, IPEndPoint remote, UpstreamClock clock, Http1Limits limits, InternTable interned)
    {
        _transport = transport;
        _clock = clock;
        _limits = limits;
        Remote = remote;
        Request = new(limits);
        Response = new(interned);
    }

    public IPEndPoint Remote { get; }

    /// <summary>Writes the head of the request that is being prepared.</summary>
    public RequestWriter Request { get; }

    /// <summary>The head of the response, once <see cref="TryReadHead"/> has said so.</summary>
    public ResponseHead Response { get; }

    /// <summary>Exchanges begun on this connection, the current one included.</summary>
    public int Requests { get; private set; }

    /// <summary>The connection has served an exchange before, so the upstream may have closed it without our knowing.</summary>
    public bool IsReused => Requests > 1;

    /// <summary>Bytes of the current request have been handed to the network: the upstream may have seen it.</summary>
    public bool RequestBytesSent { get; private set; }

    /// <summary>Bytes of the current response have come in: the upstream has certainly seen the request.</summary>
    public bool ResponseBytesSeen { get; private set; }

    /// <summary>The request has been sent to its end.</summary>
    public bool RequestComplete => Volatile.Read(ref _requestEndMs) != NotYet;

    /// <summary>Why the last operation failed, in words for a log.</summary>
    public string? Reason { get; private set; }

    /// <summary>Everything was sent and read to its end and nothing is left over: another request may follow.</summary>
    public bool IsReusable =>
        !_aborted && RequestComplete && _bodyState == BodyState.Complete && Response.KeepAlive && Response.Status != 101 && _inStart == _inEnd;

    // The places that only the pool uses.
    internal Http1Shelf Shelf { get; set; } = null!;

    internal int ShelfIndex { get; set; } = -1;

    internal EventLoop? Loop => _transport.Loop;

    internal long IdleSinceMs { get; set; }

    internal bool IsRented { get; set; } = true;

    /// <summary>Starts an exchange with its request line; target and query go out one after the other, as they are.</summary>
    public RequestWriter BeginRequest(string method, string target, string query, UpstreamTimeouts timeouts)
    {
        Requests++;
        _timeouts = timeouts;
        _isHead = method == "HEAD";
        _inStart = _inEnd = 0;
        _bodyState = BodyState.Head;
        RequestBytesSent = ResponseBytesSeen = false;
        Reason = null;
        Response.Reset();
        Volatile.Write(ref _requestEndMs, NotYet);
        Request.Begin(method, target, query);
        return Request;
    }

    /// <summary>From the next read on, waits this long for it; in milliseconds.</summary>
    public void ChangeReadTimeout(int readMs) => _timeouts = _timeouts with { ReadMs = readMs };

    /// <summary>Closes the connection; operations under way fail with <see cref="Fault.Aborted"/>. Safe from any thread.</summary>
    public void Abort()
    {
        _aborted = true;
        _transport.Abort();
    }

    /// <summary>Between two exchanges: what was read and written is forgotten, the buffers stay for a moment.</summary>
    internal void Rest()
    {
        Request.Clear();
        _inStart = _inEnd = 0;
    }

    /// <summary>Whether nothing has come in since the last exchange, not even the end of the connection.</summary>
    internal bool IsQuiet() => !_aborted && _transport.IsQuiet();

    /// <summary>
    /// Gives the buffers back. One in which an operation was abandoned is left to the garbage collector: the network may still write to it.
    /// </summary>
    internal void ReleaseBuffers()
    {
        Request.Release(_sending);
        if (_in.Length > 0 && !_receiving) ArrayPool<byte>.Shared.Return(_in);
        _in = [];
        _inStart = _inEnd = 0;
    }

    /// <summary>Closes the connection when it has waited beyond its time limits.</summary>
    internal bool IsOverdue(long nowMs)
    {
        var end = Volatile.Read(ref _requestEndMs);
        return _writeWatch.TryFire(nowMs, 0, _timeouts.WriteMs) || (end != NotYet && _readWatch.TryFire(nowMs, end, _timeouts.ReadMs));
    }

    internal void CloseOverdue() => _transport.Abort();

    /// <summary>What a transport may throw.</summary>
    public static bool IsNetworkFailure(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;

    Fault Fail(Fault fault, string? reason)
    {
        Reason = reason;
        return fault;
    }
}
