using Weir.Config;

namespace Weir.Ai;

/// <summary>Who calls what: the levels that budgets are for.</summary>
readonly record struct CallPath
{
    /// <summary>Whom the credential charges; null where it says nothing.</summary>
    public Payer? Payer { get; init; }

    /// <summary>The end user that the request names.</summary>
    public string? UserAsked { get; init; }

    public Consumer? Consumer { get; init; }

    /// <summary>Name of the provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Model that the provider is asked for; empty for none.</summary>
    public required string Model { get; init; }

    /// <summary>The name that the client used for it.</summary>
    public required string ModelAsked { get; init; }

    /// <summary>provider/model of the target.</summary>
    public required string Label { get; init; }

    public static CallPath Of(Exchange exchange, LlmCall call, Target target, string model) => new()
    {
        Payer = Payer.Of(exchange),
        UserAsked = call.Scan.User,
        Consumer = exchange.Consumer,
        Provider = target.ProviderText,
        Model = model,
        ModelAsked = call.ModelAsked,
        Label = target.Label,
    };

    /// <summary>Whose budget of this level it is; null when the call has no such level. Of several groups the first.</summary>
    public string? ValueOf(BudgetLevel level) => level switch
    {
        BudgetLevel.Everyone => "",
        BudgetLevel.Organisation => Payer?.Organisation,
        BudgetLevel.Project => Payer?.Project,
        BudgetLevel.Team => Payer?.Team,
        BudgetLevel.User => Payer?.User ?? UserAsked,
        BudgetLevel.Key => Payer?.Key,
        BudgetLevel.Agent => Payer?.Agent,
        BudgetLevel.Session => Payer?.Session,
        BudgetLevel.Consumer => Consumer is null ? null : Consumer.Username ?? Consumer.CustomId ?? Consumer.Id,
        BudgetLevel.Model => Model.Length == 0 ? null : Model,
        BudgetLevel.Provider => Provider,
        _ => Consumer is { Groups: [var first, ..] } ? first.Name : null,
    };

    /// <summary>Whether a budget is for this value, or for another name of the same.</summary>
    public bool IsFor(Budget budget, string value) => budget.IsFor(value) || budget.Level switch
    {
        BudgetLevel.Consumer => Consumer is not null && (budget.IsFor(Consumer.Id) || (Consumer.CustomId is { } custom && budget.IsFor(custom))),
        BudgetLevel.Model => budget.IsFor(ModelAsked) || budget.IsFor(Label),
        _ => false,
    };
}
