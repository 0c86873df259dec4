namespace Weir.Gateway;

/// <summary>The connections of a pool that belong to one loop. Others than this loop come here to borrow, and for the time limits.</summary>
sealed class Http1Shelf
{
    /// <summary>How long an idle connection keeps its buffers.</summary>
    const int BuffersIdleMs = 1000;

    readonly Lock _gate = new();
    readonly List<Http1Connection> _open = [];
    readonly List<Http1Connection> _idle = [];
    bool _emptied;

    public int IdleCount
    {
        get
        {
            lock (_gate) return _idle.Count;
        }
    }

    /// <summary>Whether the connection that would be taken next can be used as it is.</summary>
    public bool NextIsQuiet
    {
        get
        {
            lock (_gate) return _idle.Count > 0 && _idle[^1].IsQuiet();
        }
    }

    /// <summary>A new connection, in use.</summary>
    public void Add(Http1Connection connection)
    {
        lock (_gate)
        {
            connection.ShelfIndex = _open.Count;
            _open.Add(connection);
        }
    }

    public void Remove(Http1Connection connection)
    {
        lock (_gate)
        {
            var last = _open[^1];
            _open[connection.ShelfIndex] = last;
            last.ShelfIndex = connection.ShelfIndex;
            _open.RemoveAt(_open.Count - 1);
        }
    }

    /// <summary>The idle connection used last, or null.</summary>
    public Http1Connection? TakeIdle()
    {
        lock (_gate)
        {
            if (_idle.Count == 0) return null;
            var connection = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return connection;
        }
    }

    /// <summary>Keeps a connection for later; false once the shelf was emptied.</summary>
    public bool TryKeep(Http1Connection connection)
    {
        lock (_gate)
        {
            if (_emptied) return false;
            _idle.Add(connection);
            return true;
        }
    }

    /// <summary>Gives up what is idle, and keeps nothing from here on.</summary>
    public List<Http1Connection> Empty()
    {
        lock (_gate)
        {
            _emptied = true;
            List<Http1Connection> idle = [.. _idle];
            _idle.Clear();
            return idle;
        }
    }

    /// <summary>Gives up what was idle for too long, and takes the buffers of what was idle for a moment.</summary>
    public void TakeExpired(long nowMs, long idleMs, List<Http1Connection> expired)
    {
        lock (_gate)
        {
            // The oldest stand first, since the newest are taken first.
            var count = 0;
            while (count < _idle.Count && nowMs - _idle[count].IdleSinceMs > idleMs)
            {
                _idle[count].ReleaseBuffers();
                expired.Add(_idle[count++]);
            }
            _idle.RemoveRange(0, count);
            foreach (var connection in _idle)
            {
                if (nowMs - connection.IdleSinceMs < BuffersIdleMs) break;
                connection.ReleaseBuffers();
            }
        }
    }

    /// <summary>Adds the connections that have waited beyond their time limits.</summary>
    public void AddOverdue(long nowMs, List<Http1Connection> overdue)
    {
        lock (_gate)
        {
            foreach (var connection in _open)
                if (connection.IsOverdue(nowMs)) overdue.Add(connection);
        }
    }
}
