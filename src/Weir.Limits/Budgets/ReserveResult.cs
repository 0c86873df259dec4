namespace Weir.Limits;

/// <summary>What came of a reservation or of its extension.</summary>
enum ReserveOutcome
{
    /// <summary>All lines hold their amounts.</summary>
    Granted,

    /// <summary>A hard line has no room; nothing is held in any line.</summary>
    Refused,

    /// <summary>Extension only: there is no such reservation, or it is settled.</summary>
    Unknown,

    /// <summary>The store could not be asked. Whether it holds the amounts is not known; if it does, the lease gives them back.</summary>
    Unavailable,
}

/// <summary>Who watches over a grant.</summary>
enum Oversight
{
    /// <summary>The store: exact over all nodes.</summary>
    Store,

    /// <summary>This node's memory, because the store is away: exact over this node.</summary>
    Node,

    /// <summary>Nobody, because the store is away.</summary>
    None,
}

/// <summary>Answer to a reservation or to its extension.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Units">Units granted; fewer than asked when clamped.</param>
/// <param name="Line">When refused: the first line without room.</param>
/// <param name="Oversight">When granted: who watches.</param>
readonly record struct ReserveResult(ReserveOutcome Outcome, long Units = 0, int Line = -1, Oversight Oversight = Oversight.Store)
{
    public bool IsGranted => Outcome == ReserveOutcome.Granted;
}

/// <summary>What came of a settlement or refund.</summary>
enum SettleOutcome
{
    /// <summary>What was used is charged, the rest is given back.</summary>
    Settled,

    /// <summary>The lease had run out and the amounts were given back before; what was used is charged nevertheless.</summary>
    SettledLate,

    /// <summary>There is no such reservation: it is settled, or forgotten long after its lease. Nothing is charged.</summary>
    Unknown,

    /// <summary>The store could not be asked. Ask again with the same id: it is charged once.</summary>
    Unavailable,
}
