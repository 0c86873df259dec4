namespace Weir.Limits;

/// <summary>What happens to calls while the store of budgets cannot be asked.</summary>
enum OutagePolicy
{
    /// <summary>They are refused. The default: a budget that cannot be checked may be used up.</summary>
    Closed,

    /// <summary>They are let through unwatched, and what they use is charged to no budget.</summary>
    Open,

    /// <summary>This node counts for itself, every budget anew and whole: with n nodes up to n budgets can be spent.</summary>
    Node,
}
