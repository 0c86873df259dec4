using Weir.Limits;

namespace Weir.Ai;

/// <summary>Renews the lease of one reservation, thrice in its time, until it is disposed.</summary>
sealed class LeaseRenewal : IDisposable
{
    readonly Guid _id;
    readonly BudgetLine[] _lines;
    readonly BudgetParts _parts;
    readonly ITimer _timer;
    int _isUnderWay;

    public LeaseRenewal(Guid id, ReadOnlySpan<BudgetLine> lines, BudgetParts parts)
    {
        (_id, _lines, _parts) = (id, lines.ToArray(), parts);
        for (var i = 0; i < _lines.Length; i++) _lines[i] = _lines[i] with { Amount = 0, PerUnit = 0 };
        var pause = parts.Settings.Lease / 3;
        _timer = parts.Time.CreateTimer(static renewal => _ = ((LeaseRenewal)renewal!).RenewAsync(), this, pause, pause);
    }

    public void Dispose() => _timer.Dispose();

    async Task RenewAsync()
    {
        // A store that is slow is not asked twice at a time.
        if (Interlocked.Exchange(ref _isUnderWay, 1) != 0) return;
        try
        {
            // Whatever comes of it: a reservation that lapsed is settled late, and one that is settled is unknown.
            await _parts.Store.ExtendAsync(_id, _lines, UnitRange.None, _parts.Settings.Lease, new LineUse[_lines.Length], CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            // The process is ending.
        }
        finally
        {
            Volatile.Write(ref _isUnderWay, 0);
        }
    }
}
