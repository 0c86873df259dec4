namespace Weir.Limits;

/// <summary>
/// Budgets from which calls reserve before they are made and which are charged when they are done. Every operation is one atomic step over all lines of its
/// call, on however many nodes: what is spent and reserved in a window never exceeds a hard limit, save for what is reported as <see cref="LineUse.Overrun"/>.
/// <para>
/// A reservation is named by an id that its maker never uses twice (<see cref="ReservationId"/>) and has a lease. Once the lease has run out, its
/// amounts count no longer: whoever comes next gives them back. A settlement after that still charges what was used, once, for
/// <see cref="LateSettleKept"/>; a settlement of what is settled does nothing. So a node that dies loses nothing but the charge of calls it never settled.
/// </para>
/// <para>
/// Money is spent in the window in which its amount becomes known, which is when it is settled; what is reserved counts against every window it lives in. A
/// line of amount 0 is granted as long as anything is left, so that use that cannot be known before is limited from the next call on.
/// </para>
/// <para>Time is the caller's clock; windows only ever move forward, so a clock that lags counts in the window of the others. Safe for concurrent use.</para>
/// </summary>
interface IBudgetStore
{
    /// <summary>How long after its lease a reservation can still be settled.</summary>
    static readonly TimeSpan LateSettleKept = TimeSpan.FromDays(1);

    /// <summary>Reserves in all lines or in none. Asked again with an id that is reserved, answers as before and reserves nothing more.</summary>
    /// <param name="id">Names the reservation from now on.</param>
    /// <param name="lines">The path of the call; at most <see cref="BudgetLine.LinesMax"/>.</param>
    /// <param name="units">Units asked for. Granted are as many as all hard lines have room for.</param>
    /// <param name="lease">How long the amounts are held unless extended or settled.</param>
    /// <param name="uses">Filled with how each line stands: when granted with the call, when refused without.</param>
    /// <param name="cancellation">Ends the wait for a remote store.</param>
    ValueTask<ReserveResult> ReserveAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation);

    /// <summary>
    /// Reserves the amounts of <paramref name="lines"/> on top of what is held and begins the lease anew, or changes nothing; with amounts of 0 it renews the
    /// lease. What a lease that has run out gave back is reserved again if there is room.
    /// </summary>
    /// <param name="id">The reservation.</param>
    /// <param name="lines">The lines of the reservation in the same order, with what is wanted more.</param>
    /// <param name="units">Units asked for on top.</param>
    /// <param name="lease">How long from now the amounts are held.</param>
    /// <param name="uses">As in <see cref="ReserveAsync"/>.</param>
    /// <param name="cancellation">Ends the wait for a remote store.</param>
    ValueTask<ReserveResult> ExtendAsync(
        Guid id, ReadOnlyMemory<BudgetLine> lines, UnitRange units, TimeSpan lease, Memory<LineUse> uses, CancellationToken cancellation);

    /// <summary>Ends a reservation: charges what was used, gives back the rest. Lines that are counted at once stay as they are.</summary>
    /// <param name="id">The reservation.</param>
    /// <param name="lines">The lines of the reservation in the same order, their amounts being what was used.</param>
    /// <param name="uses">Filled with how each line stands after it.</param>
    /// <param name="cancellation">Ends the wait for a remote store.</param>
    ValueTask<SettleOutcome> SettleAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation);

    /// <summary>Ends the reservation of a call that used nothing: gives all back. Lines that are counted at once stay as they are.</summary>
    /// <param name="id">The reservation.</param>
    /// <param name="lines">The lines of the reservation in the same order; amounts do not matter.</param>
    /// <param name="uses">Filled with how each line stands after it.</param>
    /// <param name="cancellation">Ends the wait for a remote store.</param>
    ValueTask<SettleOutcome> RefundAsync(Guid id, ReadOnlyMemory<BudgetLine> lines, Memory<LineUse> uses, CancellationToken cancellation);
}
