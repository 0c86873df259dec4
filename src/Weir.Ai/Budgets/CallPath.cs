using Weir.Config;

namespace Weir.Ai;

/// <summary>Who calls what: the levels that budgets are for.</summary>
readonly struct CallPath(Exchange exchange, LlmCall call, Target target, string model)
{
    public Payer? Payer { get; } = Payer.Of(exchange);

    /// <summary>Groups of the consumer; null for none.</summary>
    public IReadOnlyList<ConsumerGroup>? Groups => exchange.Consumer?.Groups;

    /// <summary>Whose budget of this level it is; null when the call has no such level.</summary>
    public string? ValueOf(BudgetLevel level) => level switch
    {
        BudgetLevel.Everyone => "",
        BudgetLevel.Organisation => Payer?.Organisation,
        BudgetLevel.Project => Payer?.Project,
        BudgetLevel.Team => Payer?.Team,
        BudgetLevel.User => Payer?.User ?? call.Scan.User,
        BudgetLevel.Key => Payer?.Key,
        BudgetLevel.Agent => Payer?.Agent,
        BudgetLevel.Session => Payer?.Session,
        BudgetLevel.Consumer => exchange.Consumer is { } consumer ? consumer.Username ?? consumer.CustomId ?? consumer.Id : null,
        BudgetLevel.Model => model.Length == 0 ? null : model,
        BudgetLevel.Provider => target.ProviderText,
        _ => Groups is [var first, ..] ? first.Name : null,
    };

    /// <summary>Whether a budget is for this value, or for another name of the same.</summary>
    public bool IsFor(Budget budget, string value) => budget.IsFor(value) || budget.Level switch
    {
        BudgetLevel.Consumer => exchange.Consumer is { } consumer && (budget.IsFor(consumer.Id) || (consumer.CustomId is { } custom && budget.IsFor(custom))),
        BudgetLevel.Model => budget.IsFor(call.ModelAsked) || budget.IsFor(target.Label),
        _ => false,
    };
}
