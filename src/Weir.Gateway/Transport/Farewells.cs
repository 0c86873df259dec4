namespace Weir.Gateway;

/// <summary>
/// Sockets that have sent their last byte and wait for the client's end. To close a socket to which the client still sends is to reset the connection,
/// and a reset may take the answer from a client that has not read it yet (RFC 9112 §9.6).
/// </summary>
sealed class Farewells(EventLoop loop, TimeProvider time)
{
    /// <summary>Sockets that may wait at once. For one more, the one that has waited longest is closed.</summary>
    internal const int WaitingMax = 1024;

    /// <summary>How long one waits.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    readonly LinkedList<Farewell> _waiting = new();
    ITimer? _timer;

    /// <summary>Discards what the client still sends until it ends its side, within limits, and closes. Our side was ended before.</summary>
    public void Add(LoopSocket socket)
    {
        var farewell = new Farewell(this, socket, time.GetTimestamp());
        socket.Open(farewell);
        farewell.OnReadable();
        if (socket.IsClosed) return;
        if (_waiting.Count >= WaitingMax)
        {
            loop.Counters.FarewellCut();
            _waiting.First!.Value.End();
        }
        _waiting.AddLast(farewell.Place);
        if (_timer is null) Arm(Patience);
    }

    /// <summary>For the oldest; those that end meanwhile leave it as it is.</summary>
    void Arm(TimeSpan due) => _timer = time.CreateTimer(
        static state => ((Farewells)state!).Loop.Post(static posted => ((Farewells)posted!).EndOverdue(), state), this, due, Timeout.InfiniteTimeSpan);

    EventLoop Loop => loop;

    void EndOverdue()
    {
        _timer?.Dispose();
        _timer = null;
        while (_waiting.First is { } oldest)
        {
            var left = Patience - time.GetElapsedTime(oldest.Value.Since);
            if (left > TimeSpan.Zero)
            {
                Arm(left);
                return;
            }
            oldest.Value.End();
        }
    }

    sealed class Farewell : ISocketOwner
    {
        const int DiscardedBytesMax = 1024 * 1024;

        [ThreadStatic]
        static byte[]? t_waste;

        readonly Farewells _all;
        readonly LoopSocket _socket;
        int _discarded;

        public Farewell(Farewells all, LoopSocket socket, long since)
        {
            (_all, _socket, Since) = (all, socket, since);
            Place = new(this);
        }

        /// <summary>Among those that wait.</summary>
        public LinkedListNode<Farewell> Place { get; }

        public long Since { get; }

        public void End()
        {
            _socket.Close();
            if (Place.List is not null) _all._waiting.Remove(Place);
        }

        public void OnReadable()
        {
            t_waste ??= new byte[BlockPool.BlockBytes];
            while (_socket.IsReadable && _socket.TrySpend())
            {
                var count = _socket.Receive(t_waste);
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
