namespace Weir.Gateway;

/// <summary>
/// The connections to one endpoint. The one used last is taken first, so that a falling load lets the others grow idle and close; one that is no longer
/// quiet when taken is closed, and the next is tried.
/// </summary>
sealed class Http1Pool : IDisposable, ITicking
{
    /// <summary>How long an idle connection keeps its buffers.</summary>
    const int BuffersIdleMs = 1000;

    readonly UpstreamEndpoint _endpoint;
    readonly IConnector _connector;
    readonly PoolLimits _limits;
    readonly Http1Limits _http;
    readonly UpstreamClock _clock;
    readonly InternTable _interned = new();
    readonly Lock _gate = new();
    readonly List<Http1Connection> _open = [];
    readonly List<Http1Connection> _idle = [];
    readonly List<Http1Connection> _due = [];
    bool _disposed;

    public Http1Pool(UpstreamEndpoint endpoint, IConnector connector, PoolLimits limits, Http1Limits http, UpstreamClock clock)
    {
        _endpoint = endpoint;
        _connector = connector;
        _limits = limits;
        _http = http;
        _clock = clock;
        clock.Add(this);
    }

    public int IdleCount
    {
        get
        {
            lock (_gate) return _idle.Count;
        }
    }

    public int OpenCount
    {
        get
        {
            lock (_gate) return _open.Count;
        }
    }

    /// <summary>Whether the connection that would be taken next can be used as it is.</summary>
    internal bool NextIsQuiet
    {
        get
        {
            lock (_gate) return _idle.Count > 0 && _idle[^1].IsQuiet();
        }
    }

    /// <summary>A connection for one exchange, to be given back with <see cref="Return"/> whatever becomes of it.</summary>
    /// <param name="connectTimeout">Time to establish a new one, TLS included.</param>
    /// <param name="stop">The client has gone.</param>
    public ValueTask<Rental> RentAsync(TimeSpan connectTimeout, CancellationToken stop)
    {
        while (true)
        {
            Http1Connection connection;
            lock (_gate)
            {
                if (_disposed) return new(new Rental(null, Fault.Aborted, "the pool is closed"));
                var index = LastIdle(EventLoop.Current);
                if (index < 0) break;
                connection = _idle[index];
                _idle.RemoveAt(index);
            }
            if (connection.IsQuiet())
            {
                connection.IsRented = true;
                return new(new Rental(connection));
            }
            Close(connection);
        }
        return ConnectAsync(connectTimeout, stop);
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
            lock (_gate)
            {
                if (!_disposed && _idle.Count < _limits.IdleMax)
                {
                    _idle.Add(connection);
                    return;
                }
            }
        }
        Close(connection);
    }

    /// <summary>Closes the idle connections; those in use are closed when they are given back.</summary>
    public void Dispose()
    {
        _clock.Remove(this);
        List<Http1Connection> idle;
        lock (_gate)
        {
            _disposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }
        foreach (var connection in idle) Close(connection);
    }

    void ITicking.Tick(long nowMs)
    {
        lock (_gate)
        {
            // The oldest stand first, since the newest are taken first.
            var expired = 0;
            while (expired < _idle.Count && nowMs - _idle[expired].IdleSinceMs > _limits.IdleTimeoutSeconds * 1000L) _due.Add(_idle[expired++]);
            _idle.RemoveRange(0, expired);
            foreach (var connection in _due) connection.ReleaseBuffers();
            foreach (var connection in _idle)
            {
                if (nowMs - connection.IdleSinceMs < BuffersIdleMs) break;
                connection.ReleaseBuffers();
            }
            foreach (var connection in _due) Forget(connection);
            foreach (var connection in _open)
            {
                if (connection.IsOverdue(nowMs)) _due.Add(connection);
            }
        }
        // Outside the lock: closing may resume the waiting request on this thread.
        foreach (var connection in _due) connection.CloseOverdue();
        _due.Clear();
    }

    /// <summary>
    /// The idle connection used last on this loop. When as many are open as may be kept, one of another loop will do, at the price of a hop between threads;
    /// for a thread of no loop any will. Below 0 for none.
    /// </summary>
    int LastIdle(EventLoop? loop)
    {
        var index = _idle.Count - 1;
        if (loop is null || _open.Count >= _limits.IdleMax) return index;
        while (index >= 0 && _idle[index].Loop is { } other && other != loop) index--;
        return index;
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
        lock (_gate)
        {
            connection.PoolIndex = _open.Count;
            _open.Add(connection);
        }
        return new(connection);
    }

    void Close(Http1Connection connection)
    {
        connection.ReleaseBuffers();
        lock (_gate) Forget(connection);
        connection.Abort();
    }

    void Forget(Http1Connection connection)
    {
        var last = _open[^1];
        _open[connection.PoolIndex] = last;
        last.PoolIndex = connection.PoolIndex;
        _open.RemoveAt(_open.Count - 1);
    }
}

/// <summary>A connection to use, or why there is none.</summary>
readonly record struct Rental(Http1Connection? Connection, Fault Fault = Fault.None, string? Reason = null);
