namespace Weir.Limits;

/// <summary>The stores that plugins may count in.</summary>
/// <param name="Local">This node's memory.</param>
/// <param name="Database">The database of all nodes; null where the node has none.</param>
sealed record SharedBudgets(IBudgetStore Local, IBudgetStore? Database);
