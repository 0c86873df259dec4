namespace Weir.Limits;

/// <summary>Some of the lines and of the reservations, under one lock that the store takes.</summary>
sealed class BudgetShard
{
    /// <summary>Reservations kept for use again.</summary>
    const int SparesMax = 256;

    readonly Dictionary<CounterKey, LineAccount> _lines = [];
    readonly Dictionary<Guid, HeldReservation> _reservations = [];
    readonly Stack<HeldReservation> _spares = [];

    public Lock Gate { get; } = new();

    public int LineCount => _lines.Count;

    public int ReservationCount => _reservations.Count;

    public LineAccount? FindLine(CounterKey key) => _lines.GetValueOrDefault(key);

    public LineAccount Line(CounterKey key)
    {
        if (_lines.TryGetValue(key, out var line)) return line;
        line = new LineAccount();
        _lines.Add(key, line);
        return line;
    }

    public HeldReservation? FindReservation(Guid id) => _reservations.GetValueOrDefault(id);

    public HeldReservation Begin(Guid id)
    {
        if (!_spares.TryPop(out var reservation)) reservation = new HeldReservation();
        _reservations.Add(id, reservation);
        return reservation;
    }

    public void End(Guid id, HeldReservation reservation)
    {
        _reservations.Remove(id);
        if (_spares.Count < SparesMax) _spares.Push(reservation);
    }

    /// <summary>Forgets lines that say nothing and reservations that nobody settled in time.</summary>
    public void Sweep(long nowMs, long lateKeptMs)
    {
        lock (Gate)
        {
            foreach (var (key, line) in _lines)
            {
                line.GiveBack(nowMs);
                if (line.IsDead(nowMs)) _lines.Remove(key);
            }
            // Not used again: a line of another shard may still have its holds until its own sweep.
            foreach (var (id, reservation) in _reservations)
                if (reservation.ExpiresMs + lateKeptMs <= nowMs) _reservations.Remove(id);
        }
    }
}
