namespace Weir.Gateway;

/// <summary>
/// The connections to one endpoint. The one used last is taken first, so that a falling load lets the others grow idle and close; one that is no longer
/// quiet when taken is closed, and the next is tried. Each loop has a shelf of its own, so that loops do not wait for each other.
/// </summary>
sealed class Http1Pool : IDisposable, ITicking
{
    readonly UpstreamEndpoint _endpoint;
    readonly IConnector _connector;
    readonly PoolLimits _limits;
    readonly Http1Limits _http;
    readonly UpstreamClock _clock;
    readonly InternTable _interned = new();
    readonly Http1Shelf[] _shelves;
    readonly List<Http1Connection> _due = [];
    volatile bool _disposed;
    int _openCount;

    public Http1Pool(UpstreamEndpoint endpoint, IConnector connector, PoolLimits limits, Http1Limits http, UpstreamClock clock)
    {
        _endpoint = endpoint;
        _connector = connector;
        _limits = limits;
        _http = http;
        _clock = clock;
        _shelves = new Http1Shelf[Math.Max(1, connector.LoopCount)];
        for (var i = 0; i < _shelves.Length; i++) _shelves[i] = new();
        clock.Add(this);
    }

    public int IdleCount
    {
        get
        {
            var count = 0;
            foreach (var shelf in _shelves) count += shelf.IdleCount;
            return count;
        }
    }

    public int OpenCount => Volatile.Read(ref _openCount);

    /// <summary>Whether the connection that would be taken next can be used as it is.</summary>
    internal bool NextIsQuiet => Array.Exists(_shelves, static shelf => shelf.NextIsQuiet);

    /// <summary>A connection for one exchange, to be given back with <see cref="Return"/> whatever becomes of it.</summary>
    /// <param name="connectTimeout">Time to establish a new one, TLS included.</param>
    /// <param name="stop">The client has gone.</param>
    public ValueTask<Rental> RentAsync(TimeSpan connectTimeout, CancellationToken stop)
    {
        if (TryRent() is { } connection) return new(new Rental(connection));
        return _disposed ? new(new Rental(null, Fault.Aborted, "the pool is closed")) : ConnectAsync(connectTimeout, stop);
    }

    /// <summary>The same where an idle connection can be used; null where one would have to be made.</summary>
    public Http1Connection? TryRent()
    {
        if (_disposed) return null;
        while (TakeIdle() is { } connection)
        {
            if (connection.IsQuiet())
            {
                connection.IsRented = true;
                return connection;
            }
            Close(connection);
        }
        return null;
    }

    /// <summary>Takes a connection back after an exchange: to be used again when that is safe, otherwise to be closed.</summary>
    public void Return(Http1Connection connection)
    {
        // Twice in the pool, a connection would serve two requests at once and mix up their answers.
        if (!connection.IsRented) throw new InvalidOperationException("The connection was given back before.");
        connection.IsRented = false;
        if (connection.IsReusable && connection.Requests < _limits.RequestsPerConnectionMax)
        {
            connection.Rest();
            connection.IdleSinceMs = _clock.NowMs;
            // While no more are open than may be idle, nobody needs to count over all loops.
            if ((OpenCount <= _limits.IdleMax || IdleCount < _limits.IdleMax) && connection.Shelf.TryKeep(connection)) return;
        }
        Close(connection);
    }

    /// <summary>Closes the idle connections; those in use are closed when they are given back.</summary>
    public void Dispose()
    {
        _clock.Remove(this);
        _disposed = true;
        foreach (var shelf in _shelves)
            foreach (var connection in shelf.Empty()) Close(connection);
    }

    void ITicking.Tick(long nowMs)
    {
        foreach (var shelf in _shelves) shelf.TakeExpired(nowMs, _limits.IdleTimeoutSeconds * 1000L, _due);
        foreach (var connection in _due) Forget(connection);
        foreach (var shelf in _shelves) shelf.AddOverdue(nowMs, _due);
        // Outside the locks: closing may resume the waiting request on this thread.
        foreach (var connection in _due) connection.CloseOverdue();
        _due.Clear();
    }

    /// <summary>
    /// The idle connection used last on this loop. When as many are open as may be kept, one of another loop will do, at the price of a hop between threads;
    /// for a thread of no loop any will.
    /// </summary>
    Http1Connection? TakeIdle()
    {
        var loop = EventLoop.Current;
        var first = (loop?.Index ?? Thread.GetCurrentProcessorId()) % _shelves.Length;
        if (_shelves[first].TakeIdle() is { } own) return own;
        if (loop is not null && OpenCount < _limits.IdleMax) return null;
        for (var i = 1; i < _shelves.Length; i++)
            if (_shelves[(first + i) % _shelves.Length].TakeIdle() is { } other) return other;
        return null;
    }

    async ValueTask<Rental> ConnectAsync(TimeSpan timeout, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(timeout, _clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        ConnectResult result;
        try
        {
            result = await _connector.ConnectAsync(_endpoint, either.Token);
        }
        catch (OperationCanceledException)
        {
            return stop.IsCancellationRequested
                ? new(null, Fault.Aborted, "given up by the gateway")
                : new(null, Fault.ConnectTimeout, "the connection was not established in time");
        }
        if (result.Transport is null) return new(null, result.Fault, result.Reason);
        var connection = new Http1Connection(result.Transport, _endpoint.Address, _clock, _http, _interned);
        connection.Shelf = _shelves[(connection.Loop?.Index ?? 0) % _shelves.Length];
        connection.Shelf.Add(connection);
        Interlocked.Increment(ref _openCount);
        return new(connection);
    }

    void Close(Http1Connection connection)
    {
        connection.ReleaseBuffers();
        Forget(connection);
        connection.Abort();
    }

    void Forget(Http1Connection connection)
    {
        connection.Shelf.Remove(connection);
        Interlocked.Decrement(ref _openCount);
    }
}

/// <summary>A connection to use, or why there is none.</summary>
readonly record struct Rental(Http1Connection? Connection, Fault Fault = Fault.None, string? Reason = null);
