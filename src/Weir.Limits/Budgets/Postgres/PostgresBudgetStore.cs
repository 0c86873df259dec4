using Npgsql;

namespace Weir.Limits;

/// <summary>
/// Budgets in PostgreSQL: one call of one function per operation, which is one transaction. Accounts are locked in the order of their keys, so calls on one
/// path wait for each other and never for ever. Durable as soon as it is answered. While the server is away operations are answered at once.
/// </summary>
sealed class PostgresBudgetStore : IBudgetStore, IDisposable
{
    /// <summary>Accounts and reservations dropped in one transaction.</summary>
    const int SweepMax = 1000;

    /// <summary>Tries of an operation that PostgreSQL broke off for the sake of another one.</summary>
    const int TriesMax = 3;

    static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    readonly NpgsqlDataSource _source;
    readonly TimeProvider _time;
    readonly TimeSpan _clockSkewMax;
    readonly Action<string>? _onFault;
    readonly StoreCircuit _circuit;
    readonly CancellationTokenSource _closing = new();
    readonly ITimer _sweep;
    readonly SemaphoreSlim _preparing = new(1);
    volatile bool _isPrepared;
    int _isSweeping;

    /// <param name="source">The database; disposed by its maker. Short connect and command time-outs are advised: they bound how long a call can wait.</param>
    /// <param name="time">Clock of this node.</param>
    /// <param name="clockSkewMax">How far that clock may be off PostgreSQL's before operations are refused as unavailable; zero to trust it.</param>
    /// <param name="onFault">Told why an operation could not be done.</param>
    public PostgresBudgetStore(NpgsqlDataSource source, TimeProvider time, TimeSpan clockSkewMax, Action<string>? onFault = null)
    {
        (_source, _time, _clockSkewMax, _onFault, _circuit) = (source, time, clockSkewMax, onFault, new StoreCircuit(time));
        _sweep = time.CreateTimer(static store => _ = ((PostgresBudgetStore)store!).SweepAsync(), this, SweepInterval, SweepInterval);
    }

    public async ValueTask<ReserveResult> ReserveAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        Granted(await RunAsync("reserve", id, lines, units, lease, uses, cancellation));

    public async ValueTask<ReserveResult> ExtendAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation) =>
        Granted(await RunAsync("extend", id, lines, units, lease, uses, cancellation));

    public async ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        Ended(await RunAsync("settle", id, lines, default, TimeSpan.Zero, uses, cancellation));

    public async ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation) =>
        Ended(await RunAsync("refund", id, lines, default, TimeSpan.Zero, uses, cancellation));

    /// <summary>Drops what says nothing any more. Done every minute; how much was dropped, 0 also while another sweep is under way.</summary>
    public async Task<int> SweepAsync()
    {
        if (!_isPrepared || _closing.IsCancellationRequested || Interlocked.Exchange(ref _isSweeping, 1) != 0) return 0;
        try
        {
            await using var command = _source.CreateCommand("SELECT weir_limits.sweep($1, $2)");
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _time.GetUtcNow().ToUnixTimeMilliseconds() });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = SweepMax });
            return await command.ExecuteScalarAsync(_closing.Token) as int? ?? 0;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            _onFault?.Invoke($"dropping old budgets failed: {e.Message}");
            return 0;
        }
        finally
        {
            Volatile.Write(ref _isSweeping, 0);
        }
    }

    public void Dispose()
    {
        _sweep.Dispose();
        _closing.Cancel();
        _closing.Dispose();
        _preparing.Dispose();
    }

    static ReserveResult Granted(Reply? reply) => reply?.Outcome switch
    {
        null => new(ReserveOutcome.Unavailable),
        "granted" => new(ReserveOutcome.Granted, reply.Units),
        "refused" => new(ReserveOutcome.Refused, 0, reply.Line - 1),
        _ => new(ReserveOutcome.Unknown),
    };

    static SettleOutcome Ended(Reply? reply) => reply?.Outcome switch
    {
        null => SettleOutcome.Unavailable,
        "settled" => SettleOutcome.Settled,
        "late" => SettleOutcome.SettledLate,
        _ => SettleOutcome.Unknown,
    };

    async ValueTask<Reply?> RunAsync(
        string operation, Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation)
    {
        BudgetLine.Check(lines.Span, uses.Length);
        units.Check();
        if (!_circuit.MayTry())
        {
            _onFault?.Invoke("PostgreSQL is away");
            return null;
        }
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (!_isPrepared) await PrepareAsync(cancellation);
                await using var command = BudgetCommand.Create(_source, operation, id, lines.Span, units, lease, _time.GetUtcNow(), _clockSkewMax);
                var reply = await ReadAsync(command, uses, cancellation);
                _circuit.Succeeded();
                return reply;
            }
            catch (PostgresException e) when (e.SqlState == BudgetCommand.OtherLines)
            {
                throw new ArgumentException("These are not the lines of the reservation.", nameof(lines), e);
            }
            catch (PostgresException e) when (e.IsTransient && tries < TriesMax && e.SqlState is PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure)
            {
                continue;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or ObjectDisposedException)
            {
                // An answer of the server, such as a clock that is off, is no outage.
                if (e is not PostgresException) _circuit.Failed();
                _onFault?.Invoke(e.Message);
                return null;
            }
        }
    }

    async Task PrepareAsync(CancellationToken cancellation)
    {
        await _preparing.WaitAsync(cancellation);
        try
        {
            if (!_isPrepared) await PostgresSchema.EnsureAsync(_source, cancellation);
            _isPrepared = true;
        }
        finally
        {
            _preparing.Release();
        }
    }

    static async Task<Reply> ReadAsync(NpgsqlCommand command, Memory<LineUse> uses, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var values = reader.GetFieldValue<long[]>(3);
        for (var i = 0; i * 6 < values.Length; i++)
        {
            var use = values.AsSpan(i * 6, 6);
            uses.Span[i] = new LineUse(use[0], use[1], use[2], use[3], (int)use[4], (int)use[5]);
        }
        return new Reply(reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2));
    }

    sealed record Reply(string Outcome, long Units, int Line);
}
