namespace Weir.Limits;

/// <summary>One reservation of a call and its holds, in the order of the call's lines. Used again for later calls.</summary>
sealed class HeldReservation
{
    Hold[] _holds = [];

    public int Count { get; private set; }

    public long Units { get; set; }

    /// <summary>When its lease ends, however often it was extended.</summary>
    public long ExpiresMs { get; set; }

    public ReadOnlySpan<Hold> Holds => _holds.AsSpan(0, Count);

    public void Begin(ReadOnlySpan<BudgetLine> lines, long units)
    {
        if (_holds.Length < lines.Length) Array.Resize(ref _holds, lines.Length);
        (Count, Units) = (lines.Length, units);
        for (var i = 0; i < lines.Length; i++)
        {
            var hold = _holds[i] ??= new Hold();
            (hold.Key, hold.Amount) = (lines[i].Key, 0);
        }
    }

    /// <summary>Throws when the caller gives the lines of another call: charging them would be wrong in silence.</summary>
    public void Expect(ReadOnlySpan<BudgetLine> lines)
    {
        var same = lines.Length == Count;
        for (var i = 0; same && i < lines.Length; i++) same = _holds[i].Key == lines[i].Key;
        if (!same) throw new ArgumentException("These are not the lines of the reservation.", nameof(lines));
    }
}
