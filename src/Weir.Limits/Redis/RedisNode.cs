namespace Weir.Limits;

/// <summary>
/// A server and the one connection to it, made when needed. After a failed attempt the circuit is open: commands are answered at once while, after a pause
/// that grows, one attempt at a time is made beside them.
/// </summary>
sealed class RedisNode(Func<CancellationToken, Task<RedisConnection>> open, RedisOptions options, TimeProvider time, Random random) : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _closing = new();
    RedisConnection? _connection;
    Task? _connecting;
    int _failures;
    long _failedAt;
    TimeSpan _pause;
    string _fault = "";

    public async ValueTask<RedisValue> ExecuteAsync(RedisCommand command, bool isAsking, CancellationToken cancellation)
    {
        Task connecting;
        lock (_lock)
        {
            if (_connection is { IsBroken: false }) connecting = Task.CompletedTask;
            else if (Connecting() is { } attempt) connecting = attempt;
            else return RedisValue.Unavailable(_fault);
        }
        await connecting.WaitAsync(cancellation);
        RedisConnection? connection;
        lock (_lock) connection = _connection;
        if (connection is null) return RedisValue.Unavailable(_fault);
        var sent = connection.SendAsync(command, isAsking);
        var reply = cancellation.CanBeCanceled ? await sent.WaitAsync(cancellation) : await sent;
        if (!IsNoMaster(reply)) return reply;
        // A master that became a replica keeps its connections; the next attempt finds the new master.
        connection.Break(reply.Text);
        return RedisValue.Unavailable(reply.Text);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        Task? connecting;
        lock (_lock) connecting = _connecting;
        if (connecting is not null) await connecting;
        if (_connection is not null) await _connection.DisposeAsync();
        _closing.Dispose();
    }

    static bool IsNoMaster(RedisValue reply) =>
        reply.Kind == RedisKind.Error && (reply.IsError("READONLY"u8) || reply.IsError("LOADING"u8) || reply.IsError("MASTERDOWN"u8));

    /// <summary>The attempt to wait for; null while the circuit is open, whether or not an attempt is under way.</summary>
    Task? Connecting()
    {
        if (_connecting is null && !_closing.IsCancellationRequested && (_failures == 0 || time.GetElapsedTime(_failedAt) >= _pause))
            _connecting = Task.Run(ConnectAsync);
        return _failures == 0 ? _connecting : null;
    }

    async Task ConnectAsync()
    {
        try
        {
            var connection = await open(_closing.Token);
            lock (_lock) (_connection, _connecting, _failures) = (connection, null, 0);
        }
        catch (RedisConnectException e)
        {
            RedisMetrics.ConnectFailures.Add(1);
            lock (_lock)
            {
                var pause = Math.Min(options.RetryPause.TotalMilliseconds * Math.Pow(2, Math.Min(_failures, 30)), options.RetryPauseMax.TotalMilliseconds);
                // Many nodes lose one server at the same time: they should not all come back in the same millisecond.
                lock (random) _pause = TimeSpan.FromMilliseconds(pause * (0.75 + random.NextDouble() * 0.5));
                (_connection, _connecting, _fault, _failedAt) = (null, null, e.Message, time.GetTimestamp());
                _failures++;
            }
        }
    }
}
