using Microsoft.Extensions.Logging;
using Weir.Limits;

namespace Weir.Ai;

/// <summary>What budgets are enforced with; lives as long as the process.</summary>
/// <param name="Store">Where they are counted.</param>
/// <param name="Metrics">Their metrics.</param>
/// <param name="Settings">What the operator has set.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">Where alerts are told.</param>
sealed record BudgetParts(IBudgetStore Store, BudgetMetrics Metrics, BudgetSettings Settings, TimeProvider Time, ILogger<BudgetPlan> Log);

/// <summary>The operator's settings of budgets.</summary>
sealed record BudgetSettings
{
    /// <summary>How long a node that says nothing any more holds what it reserved. Renewed thrice in that time.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Output tokens that a call reserves which names no limit of them, and whose model has no known one.</summary>
    public int OutputTokensAssumed { get; init; } = 4096;

    /// <summary>Output tokens that a stream reserves at a time where a budget ends streams.</summary>
    public int StreamTokensReserved { get; init; } = 1024;
}
