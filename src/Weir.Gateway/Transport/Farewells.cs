namespace Weir.Gateway;

/// <summary>
/// Sockets that have sent their last byte and wait for the client's end. To close a socket to which the client still sends is to reset the connection,
/// and a reset may take the answer from a client that has not read it yet (RFC 9112 §9.6).
/// </summary>
sealed class Farewells(EventLoop loop, TimeProvider time)
{
    const int WaitingMax = 1024;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    readonly Queue<Farewell> _waiting = new();
    ITimer? _timer;

    /// <summary>Discards what the client still sends until it ends its side, within limits, and closes. Our side was ended before.</summary>
    public void Add(LoopSocket socket)
    {
        var farewell = new Farewell(socket, time.GetTimestamp());
        socket.Open(farewell);
        farewell.OnReadable();
        if (socket.IsClosed) return;
        if (_waiting.Count >= WaitingMax) _waiting.Dequeue().End();
        _waiting.Enqueue(farewell);
        if (_waiting.Count == 1) Arm(Patience);
    }

    void Arm(TimeSpan due)
    {
        _timer?.Dispose();
        _timer = time.CreateTimer(
            static state => ((Farewells)state!).Loop.Post(static posted => ((Farewells)posted!).EndOverdue(), state), this, due, Timeout.InfiniteTimeSpan);
    }

    EventLoop Loop => loop;

    void EndOverdue()
    {
        while (_waiting.TryPeek(out var oldest))
        {
            var left = Patience - time.GetElapsedTime(oldest.Since);
            if (left > TimeSpan.Zero && !oldest.HasEnded)
            {
                Arm(left);
                return;
            }
            _waiting.Dequeue().End();
        }
    }

    sealed class Farewell(LoopSocket socket, long since) : ISocketOwner
    {
        const int DiscardedBytesMax = 1024 * 1024;

        [ThreadStatic]
        static byte[]? t_waste;

        int _discarded;

        public long Since => since;

        public bool HasEnded => socket.IsClosed;

        public void End() => socket.Close();

        public void OnReadable()
        {
            t_waste ??= new byte[BlockPool.BlockBytes];
            while (socket.IsReadable && socket.TrySpend())
            {
                var count = socket.Receive(t_waste);
                if (count == LoopSocket.WouldBlock) return;
                _discarded += Math.Max(count, 0);
                if (count > 0 && _discarded <= DiscardedBytesMax) continue;
                End();
                return;
            }
        }

        public void OnWritable() { }

        public void OnPeerEnded(bool broken)
        {
            if (broken) End();
        }
    }
}
