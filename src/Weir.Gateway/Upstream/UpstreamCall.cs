namespace Weir.Gateway;

/// <summary>What the upstream side of one exchange holds while it runs; reused with the passage.</summary>
sealed class UpstreamCall
{
    readonly Lock _gate = new();
    Peer[] _tried = new Peer[2];
    int _triedCount;
    Http1Connection? _connection;
    Http1Pool? _pool;

    /// <summary>The client went away before the answer was complete.</summary>
    public bool ClientGone { get; set; }

    /// <summary>The connection in use, or null.</summary>
    public Http1Connection? Connection => _connection;

    /// <summary>The peer in use, to be released by the balancer.</summary>
    public Peer? Peer { get; set; }

    /// <summary>The request body on its way up beside the answer on its way down, or null.</summary>
    public Task<Fault>? BodyPump { get; set; }

    /// <summary>An answer that comes over HTTP/2, or null.</summary>
    public HttpResponseMessage? Http2Answer { get; set; }

    /// <summary>Timestamp of the first try's begin; 0 before.</summary>
    public long StartedTicks { get; set; }

    /// <summary>Timestamp of the begin of the try under way.</summary>
    public long TryStartedTicks { get; set; }

    /// <summary>Tries that may still follow the one under way.</summary>
    public int TriesLeft { get; set; }

    /// <summary>What the exchange is balanced by, for all its tries; null for nothing.</summary>
    public ulong? Key { get; set; }

    /// <summary>A cookie of the balancer's for the client, or null.</summary>
    public string? SetCookie { get; set; }

    /// <summary>Time that the try under way took to get its connection.</summary>
    public TimeSpan Connecting { get; set; }

    /// <summary>The sending of the request on <see cref="Connection"/>; taken once.</summary>
    public ValueTask<Fault> Sending { get; set; }

    /// <summary>How the sending ended.</summary>
    public Fault Sent { get; set; }

    /// <summary>Peers tried by this exchange.</summary>
    public ReadOnlySpan<Peer> Tried => _tried.AsSpan(0, _triedCount);

    /// <summary>Bytes of the client's body have been taken from its stream: the request cannot be sent a second time.</summary>
    public bool BodyConsumed { get; set; }

    public void AddTried(Peer peer)
    {
        if (_triedCount == _tried.Length) Array.Resize(ref _tried, _tried.Length * 2);
        _tried[_triedCount++] = peer;
    }

    public void Hold(Http1Connection connection, Http1Pool pool)
    {
        lock (_gate) (_connection, _pool) = (connection, pool);
        // The client may have left between the rent and here.
        if (ClientGone) Abort();
    }

    /// <summary>Gives the connection back; nothing that happens to the client later can touch it.</summary>
    public void LetGo()
    {
        Http1Connection? connection;
        Http1Pool? pool;
        lock (_gate)
        {
            (connection, pool) = (_connection, _pool);
            (_connection, _pool) = (null, null);
        }
        if (connection is not null) pool!.Return(connection);
    }

    /// <summary>Ends what is under way: the client is gone. Safe from any thread.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            ClientGone = true;
            _connection?.Abort();
        }
    }

    public void Reset()
    {
        Array.Clear(_tried, 0, _triedCount);
        _triedCount = 0;
        ClientGone = false;
        Peer = null;
        StartedTicks = 0;
        SetCookie = null;
        Sending = default;
        Sent = Fault.None;
        BodyPump = null;
        Http2Answer = null;
        BodyConsumed = false;
    }
}
